import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer, type Server, type ServerOptions } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'

/** Where the server under test believes it is. */
export const origin = 'http://127.0.0.1:8787'

/** Its secret key. */
export const secretKey = 'sk_test_0123456789'

/** Makes a server in memory whose passwords cost nothing and whose attempts are not counted. */
export function startServer(options: Partial<ServerOptions> = {}): Promise<Server> {
  return createServer({
    storage: createMemoryStorage(),
    publishableKey: formatPublishableKey({ instanceType: 'test', host: new URL(origin).host }),
    secretKeys: [secretKey],
    passwords: createPbkdf2Passwords({ iterations: 1 }),
    rateLimit: false,
    ...options,
  })
}

/** What a request came to. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly json: any
}

/** Sends a request to a server, without a network. */
export async function send(server: Server, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await server.fetch(new Request(origin + path, init))
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: text === '' ? undefined : JSON.parse(text) }
}

/** Sends a request to the Backend API. */
export function sendBackend(
  server: Server,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return send(server, path, {
    method,
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

/** A browser: keeps its cookie, says where its page comes from. */
export interface TestBrowser {
  send(method: string, path: string, form?: Record<string, string>, headers?: Record<string, string>): Promise<Answer>
  cookie: string
}

/** Makes a browser that nobody is signed in on. */
export function newBrowser(server: Server): TestBrowser {
  const browser: TestBrowser = {
    cookie: '',
    async send(method, path, form, headers = {}) {
      const answer = await send(server, path, {
        method,
        headers: {
          ...(method !== 'GET' && {
            origin: 'http://127.0.0.1:5173',
            'content-type': 'application/x-www-form-urlencoded',
          }),
          ...(browser.cookie && { cookie: browser.cookie }),
          ...headers,
        },
        ...(form && { body: new URLSearchParams(form).toString() }),
      })
      // A live instance says besides since when somebody is signed in.
      const given = answer.headers.getSetCookie().find((text) => !text.startsWith('__client_uat'))
      if (given) browser.cookie = given.split(';')[0] ?? ''
      return answer
    },
  }
  return browser
}

/** Signs up on a browser; gives the id of the user. */
export async function signUp(browser: TestBrowser, username: string): Promise<string> {
  const { json } = await browser.send('POST', '/v1/client/sign_ups', { username, password: 'correct horse battery' })
  return json.response.created_user_id
}
