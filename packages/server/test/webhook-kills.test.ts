import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Webhook } from 'standardwebhooks'
import { expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { scaled } from '../../conformance/scaled.ts'
import { newFolder } from './command-line-setup.ts'

const program = fileURLToPath(new URL('webhook-server.ts', import.meta.url))
// A hundredth at a tenth of the scale, and some.
const rounds = scaled(scaled(100), 4)
const people = 6

interface Running {
  readonly child: ChildProcess
  readonly url: string
  readonly secretKey: string
}

/** Where the events wait: what the server is told of it besides its folder. */
const places = {
  SQLite: async () => [] as string[],
  async PostgreSQL() {
    const { url, drop } = await newDatabase()
    onTestFinished(drop)
    return [url]
  },
}

async function start(place: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, ['--conditions=@acme/source', program, ...place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    return { child, ...JSON.parse(line) }
  }
  throw new Error('the server did not start')
}

async function call({ url, secretKey }: Running, method: string, path: string, body: object) {
  const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
  const response = await fetch(`${url}/v1/${path}`, { method, headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${response.status}`)
  return response.json()
}

/** What can become of an event that arrives. */
const ways: Readonly<Record<string, (response: ServerResponse) => void>> = {
  takes: (response) => void response.end(),
  fails: (response) => void response.writeHead(500).end(),
  hangs: () => {},
  resets: (response) => void response.socket?.resetAndDestroy(),
  redirects: (response) => void response.writeHead(307, { location: '/elsewhere' }).end(),
}

test.each(Object.entries(places))(
  'no event of an acknowledged write is lost, and the order of each user kept, however the server and the endpoint end: %s',
  async (where, newPlace) => {
    const counts: Record<string, number> = {}
    /** The last version that the endpoint has taken of each user. */
    const taken = new Map<string, number>()
    const wrong: string[] = []
    let secret = ''
    let isCalm = false
    let arrivals = 0
    const endpoint = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk) => (text += chunk))
      request.on('end', () => {
        const headers = request.headers as Record<string, string>
        const { changes, data } = new Webhook(secret).verify(text, headers) as {
          changes: { version: number }
          data: { id: string }
        }
        if (request.url !== '/hooks') wrong.push(`followed to ${request.url}`)
        const names = Object.keys(ways)
        const way = isCalm ? 'takes' : (names[(arrivals++ * 7) % 11] ?? 'takes')
        counts[way] = (counts[way] ?? 0) + 1
        if (way === 'takes') {
          const before = taken.get(data.id) ?? 0
          // Again, or the next one; never one that comes later.
          if (changes.version > before + 1) wrong.push(`${data.id}: ${changes.version} after ${before}`)
          taken.set(data.id, Math.max(before, changes.version))
        }
        ways[way]?.(response)
      })
    })
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      endpoint.closeAllConnections()
      endpoint.close()
    })
    const { port } = endpoint.address() as AddressInfo

    const place = [await newFolder(), ...(await newPlace())]
    const acknowledged = new Map<string, number>()
    let writes = 0
    for (let round = 0; round < rounds; round++) {
      const server = await start(place)
      if (round === 0) {
        secret = (await call(server, 'POST', 'webhook_endpoints', { url: `http://127.0.0.1:${port}/hooks` })).secret
        for (let person = 0; person < people; person++) {
          const { id, version } = await call(server, 'POST', 'users', { username: `person_${person}` })
          acknowledged.set(id, version)
        }
      }
      const killAt = 5 + ((round * 13) % 40)
      let count = 0
      const write = async (id: string) => {
        for (;;) {
          const { version } = await call(server, 'PATCH', `users/${id}/metadata`, { public_metadata: { n: writes++ } })
          acknowledged.set(id, version)
          if (++count === killAt) server.child.kill('SIGKILL')
        }
      }
      await Promise.allSettled([...acknowledged.keys()].map(write))
    }
    isCalm = true
    const last = await start(place)
    const left = () => [...acknowledged].filter(([id, version]) => (taken.get(id) ?? 0) < version)
    await expect.poll(left, { timeout: 300_000 }).toEqual([])
    expect(wrong).toEqual([])
    last.child.kill('SIGTERM')
    const total = [...acknowledged.values()].reduce((sum, version) => sum + version, 0)
    console.info(
      `${where}, ${rounds} kills: ${total} events, none lost, none out of order; the endpoint ${JSON.stringify(counts)}`,
    )
  },
  1_200_000,
)
