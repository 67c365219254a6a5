// The floor: what node:http and node:sqlite do when nothing is checked, hidden, counted or told: a row by its id, and a
// merge of what is sent in one commit for all that wait, written ahead and synced as our own.
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { runProgram } from './child.ts'

/** The database of @acme/server whose users are copied, and where the floor keeps its own. */
export interface FloorOptions {
  readonly from: string
  readonly database: string
}

interface Row {
  readonly data: string
}

runProgram<FloorOptions, { readonly url: string }>(async ({ from, database: path }) => {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32000')
  database.exec('CREATE TABLE users (id TEXT NOT NULL, data TEXT NOT NULL)')
  database.prepare('ATTACH ? AS other').run(from)
  database.exec('INSERT INTO users (id, data) SELECT id, data FROM other.users ORDER BY rowid; DETACH other')
  database.exec('CREATE UNIQUE INDEX users_by_id ON users (id)')
  const select = database.prepare('SELECT data FROM users WHERE id = ?')
  const update = database.prepare('UPDATE users SET data = ? WHERE id = ?')
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')

  let queue: { id: string; patch: object; done(text: string): void }[] = []
  const flush = () => {
    const group = queue
    queue = []
    begin.run()
    const texts = group.map(({ id, patch }) => {
      const user = JSON.parse((select.get(id) as unknown as Row).data)
      Object.assign(user.metadata.public, patch)
      user.version++
      const text = JSON.stringify(user)
      update.run(text, id)
      return text
    })
    commit.run()
    for (const [index, { done }] of group.entries()) done(texts[index] as string)
  }

  const server = createServer(async (request, response) => {
    const id = (request.url ?? '').split('/')[3] ?? ''
    const answer = (text: string) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      response.end(text)
    }
    if (request.method === 'GET') return answer((select.get(id) as unknown as Row).data)
    const { public_metadata: patch } = JSON.parse(await textOf(request))
    queue.push({ id, patch, done: answer })
    if (queue.length === 1) setImmediate(flush)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ready: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    async close() {
      server.closeAllConnections()
      server.close()
      database.close()
    },
  }
})

function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.once('end', () => resolve(text))
    request.once('error', reject)
  })
}
