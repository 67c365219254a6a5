// better-auth as its documentation sets it up on Node, on a database of the same settings as ours.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { BetterAuthReady } from './better-auth.ts'
import { runProgram } from './child.ts'

/** The folder it was fetched into, and where its database is. */
export interface BetterAuthOptions {
  readonly from: string
  readonly database: string
}

interface BetterAuth {
  readonly handler: (request: Request) => Promise<Response>
  readonly options: object
}

runProgram<BetterAuthOptions, BetterAuthReady>(async ({ from, database: path }) => {
  const load = (file: string) => import(pathToFileURL(join(from, 'node_modules', 'better-auth', 'dist', file)).href)
  const { betterAuth } = (await load('index.mjs')) as { betterAuth(options: object): BetterAuth }
  const { toNodeHandler } = (await load('integrations/node.mjs')) as {
    toNodeHandler(auth: BetterAuth): RequestListener
  }
  const { getMigrations } = (await load('db/get-migration.mjs')) as {
    getMigrations(options: object): Promise<{ runMigrations(): Promise<void> }>
  }
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  let listener: RequestListener | undefined
  const server = createServer((request, response) => listener?.(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const auth = betterAuth({
    baseURL: url,
    secret: 'a secret of thirty-two characters',
    database,
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    user: { additionalFields: { seats: { type: 'number', required: false } } },
  })
  await (await getMigrations(auth.options)).runMigrations()
  listener = toNodeHandler(auth)
  const cookies: string[] = []
  for (let index = 0; index < 64; index++) {
    const reply = await fetch(`${url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url },
      body: JSON.stringify({ name: 'Ada', email: `ada.${index}@example.com`, password: 'correct horse battery' }),
    })
    if (!reply.ok) throw new Error(`better-auth signs nobody up: ${reply.status}`)
    cookies.push(
      reply.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; '),
    )
  }
  const headers = (cookie: string) => ({ cookie, origin: url })
  return {
    ready: {
      updates: cookies.map((cookie) => ({
        url,
        method: 'POST',
        paths: ['/api/auth/update-user'],
        headers: headers(cookie),
        body: '{"seats":7}',
      })),
      reads: cookies.map((cookie) => ({
        url,
        method: 'GET',
        paths: ['/api/auth/get-session'],
        headers: headers(cookie),
      })),
    },
    async close() {
      server.closeAllConnections()
      server.close()
      database.close()
    },
  }
})
