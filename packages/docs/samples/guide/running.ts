import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { formatPublishableKey } from '@acme/schema'
import { type CodeMessage, createServer, type Server, type Storage } from '@acme/server'
import { createScryptPasswords, serve } from '@acme/server/node'
import { createPostgresStorage } from '@acme/server/postgres'
import { createSqliteStorage } from '@acme/server/sqlite'

export function onSqlite(file: string): Storage {
  // #region sqlite
  const storage = createSqliteStorage({ database: new DatabaseSync(file) })
  // #endregion sqlite
  return storage
}

export async function onPostgres(url: string): Promise<Storage> {
  // #region postgres
  const storage = await createPostgresStorage({ url, maxConnections: 20 })
  // #endregion postgres
  return storage
}

interface Live {
  readonly port: number
  readonly publishableKey: string
  readonly secretKey: string
  readonly mailer: { send(message: { to: string; subject: string; text: string }): Promise<void> }
}

export async function live(storage: Storage, { port, publishableKey, secretKey, mailer }: Live) {
  // #region live
  const server = await createServer({
    storage,
    publishableKey, // pk_live_…, which names the host
    secretKeys: [secretKey],
    passwords: createScryptPasswords(),
    allowedOrigins: ['https://app.example.com'],
    log: (entry) => console.log(JSON.stringify(entry)),
    // #region mail
    async sendCode({ to, code, purpose }: CodeMessage) {
      const subject = purpose === 'sign_up' ? 'Confirm your address' : 'Your code'
      await mailer.send({ to, subject, text: `Your code is ${code}. It is of use for ten minutes.` })
    },
    // #endregion mail
  })
  const { url, close } = await serve({ fetch: server.fetch, port, hostname: '0.0.0.0', trustedProxies: 1 })
  // #endregion live
  return { server, url, close }
}

export function liveKey(): string {
  // #region key
  const key = formatPublishableKey({ instanceType: 'live', host: 'accounts.example.com' })
  // #endregion key
  return key
}

export async function rotate({ addSecretKey, revokeSecretKey }: Server, oldKey: string): Promise<string> {
  // #region rotate
  const newKey = `sk_live_${randomBytes(32).toString('hex')}`
  await addSecretKey(newKey) // both open, in every process on the storage
  // … give the new one to your servers …
  await revokeSecretKey(oldKey) // within a second it opens nothing any more
  // #endregion rotate
  return newKey
}
