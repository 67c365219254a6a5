// Prints how many writes a second a server takes with no webhook endpoint, with one that answers, and with one that
// answers nobody; and how many events a second it sends. On SQLite, over HTTP.
import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../src/node/start-server.ts'

const [duration = 5_000, connections = 32] = process.argv.slice(2).map(Number)
const agent = new Agent({ keepAlive: true, maxSockets: connections })

if (process.send) {
  // The endpoint, in a process of its own.
  let received = 0
  const server = createServer((incoming, response) => {
    received++
    incoming.resume()
    if (incoming.url === '/hooks') response.end()
  }).listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
  process.on('message', () => process.send?.({ received }))
} else {
  await main()
}

async function main(): Promise<void> {
  const endpoint = fork(new URL(import.meta.url), { execArgv: ['--conditions=@acme/source'] })
  const ask = () => new Promise<{ port: number; received: number }>((resolve) => endpoint.once('message', resolve))
  const { port } = await ask()
  const count = () => {
    const answer = ask()
    endpoint.send('count')
    return answer
  }
  for (const [name, path] of [
    ['no endpoint', undefined],
    ['an endpoint that answers', '/hooks'],
    ['an endpoint that hangs', '/hang'],
  ] as const) {
    const folder = await mkdtemp(join(tmpdir(), 'acme-bench-'))
    const server = await startServer({
      directory: folder,
      port: 0,
      rateLimit: false,
      webhooks: { allowedHosts: ['127.0.0.1'] },
    })
    const call = (method: string, to: string, body: object) => send(server, method, to, body)
    if (path) await call('POST', '/v1/webhook_endpoints', { url: `http://127.0.0.1:${port}${path}` })
    const ids: string[] = []
    for (let user = 0; user < 200; user++) ids.push((await call('POST', '/v1/users', { username: `user_${user}` })).id)
    const { received: before } = await count()
    const end = Date.now() + duration
    let writes = 0
    const write = async () => {
      while (Date.now() < end) {
        const n = writes++
        await call('PATCH', `/v1/users/${ids[n % ids.length]}/metadata`, { public_metadata: { n } })
      }
    }
    await Promise.all(Array.from({ length: connections }, write))
    const { received } = await count()
    const rate = (count: number) => Math.round((count / duration) * 1_000)
    process.stdout.write(`${name}: ${rate(writes)} writes/s, ${rate(received - before)} events/s arrived meanwhile\n`)
    await server.close()
    await rm(folder, { recursive: true })
  }
  endpoint.kill()
}

function send(
  { url, secretKey }: { readonly url: string; readonly secretKey: string },
  method: string,
  path: string,
  body: object,
): Promise<{ id: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
    const sent = request(`${url}${path}`, { method, headers, agent }, (response) => {
      let text = ''
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve(JSON.parse(text)))
    })
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })
}
