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
  /** Whether it keeps what each change was, and the order of the latest changes of users, as the server promises to. */
  readonly keepsChanges?: boolean
}

interface Row {
  readonly data: string
}

runProgram<FloorOptions, { readonly url: string }>(async ({ from, database: path, keepsChanges }) => {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32000')
  database.exec('CREATE TABLE users (id TEXT NOT NULL, updated_at INTEGER, data TEXT NOT NULL)')
  database.prepare('ATTACH ? AS other').run(from)
  database.exec('INSERT INTO users (id, data) SELECT id, data FROM other.users ORDER BY rowid; DETACH other')
  database.exec('CREATE UNIQUE INDEX users_by_id ON users (id)')
  const select = database.prepare('SELECT data FROM users WHERE id = ?')
  const update = database.prepare('UPDATE users SET data = ? WHERE id = ?')
  const keep = keepsChanges ? prepareChanges(database) : undefined
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
      if (keep) keep(id, text, user.version, patch)
      else update.run(text, id)
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

/** Writes a user, their place among the latest, the change, and its place in time. */
function prepareChanges(database: DatabaseSync) {
  database.exec(`
    CREATE INDEX users_by_updated_at ON users (updated_at, id);
    CREATE TABLE changes (at INTEGER NOT NULL, user_id TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL);
    CREATE UNIQUE INDEX changes_by_time ON changes (at, user_id, version);
  `)
  const update = database.prepare('UPDATE users SET data = ?, updated_at = ? WHERE id = ?')
  const insert = database.prepare('INSERT INTO changes (at, user_id, version, data) VALUES (?, ?, ?, ?)')
  return (id: string, text: string, version: number, patch: object) => {
    const now = Date.now()
    update.run(text, now, id)
    insert.run(now, id, version, JSON.stringify({ actor: { side: 'backend' }, metadata: { public: patch } }))
  }
}

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
