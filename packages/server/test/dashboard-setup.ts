import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatPublishableKey } from '@acme/schema'
import { digest } from '../src/auth/digest.ts'
import { createPbkdf2Passwords } from '../src/auth/pbkdf2-passwords.ts'
import { createServerWith, type Server, type ServerOptions } from '../src/create-server.ts'
import { createDashboardDoor } from '../src/dashboard/door.ts'
import { createCode } from '../src/domain/dashboard/dashboard-sessions.ts'
import type { Instance } from '../src/instance.ts'
import { createDashboardFiles } from '../src/node/dashboard-files.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { newFolder } from './command-line-setup.ts'
import { type Answer, origin, secretKey, send } from './setup.ts'

/** The page that the server under test serves. */
export const page = {
  'index.html':
    '<!doctype html><title>Dashboard</title><script type="module" src="/dashboard/assets/main-1.js"></script>',
  'assets/main-1.js': 'console.log(1)\n'.repeat(100),
}

/** A server with the dashboard's door, in memory. */
export interface DashboardServer extends Server {
  readonly instance: Instance
  /** Makes a code that signs in once. */
  code(keyDigest: string): Promise<string>
}

/** Starts one. */
export async function startDashboard(options: Partial<ServerOptions> = {}): Promise<DashboardServer> {
  const folder = await newFolder()
  await mkdir(join(folder, 'assets'), { recursive: true })
  for (const [name, text] of Object.entries(page)) await writeFile(join(folder, name), text)
  const keptKey = await digest(secretKey)
  let instance: Instance | undefined
  const server = await createServerWith(
    {
      storage: createMemoryStorage(),
      publishableKey: formatPublishableKey({ instanceType: 'test', host: new URL(origin).host }),
      secretKeys: [secretKey],
      passwords: createPbkdf2Passwords({ iterations: 1 }),
      rateLimit: false,
      ...options,
    },
    (opened, backend) => {
      instance = opened
      return createDashboardDoor(opened, backend, { files: createDashboardFiles(folder, true), keptKey })
    },
  )
  const opened = instance as unknown as Instance
  return Object.assign(server, { instance: opened, code: (keyDigest: string) => createCode(opened, keyDigest) })
}

/** The dashboard's page in a browser: it keeps its cookie, and says what browsers say. */
export interface DashboardPage {
  cookie: string
  proof: string
  signIn(body: object): Promise<Answer>
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

/** Opens it. */
export function openPage(server: Server): DashboardPage {
  const opened: DashboardPage = {
    cookie: '',
    proof: '',
    async signIn(body) {
      const answer = await opened.send('POST', '/dashboard/session', body)
      opened.proof = answer.json?.proof ?? ''
      return answer
    },
    async send(method, path, body, headers = {}) {
      const answer = await send(server, path, {
        method,
        headers: {
          'sec-fetch-site': 'same-origin',
          'sec-fetch-dest': 'empty',
          ...(method !== 'GET' && { origin }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(opened.cookie && { cookie: opened.cookie }),
          ...(opened.proof && { 'x-acme-proof': opened.proof }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const given = answer.headers.get('set-cookie')
      if (given) opened.cookie = given.split(';')[0] ?? ''
      return answer
    },
  }
  return opened
}
