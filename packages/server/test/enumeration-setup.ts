import { formatPublishableKey } from '@acme/schema'
import { type CodeMessage, createServer, type Notice, type Server, type ServerOptions } from '../src/index.ts'

const page = 'https://app.example.com'
const host = 'accounts.example.com'
const secretKey = 'sk_live_0123456789'

/** What every account of these trials has. */
export const password = 'correct horse battery'

/** A live instance that hides who has an account. */
export function startHiding(options: Pick<ServerOptions, 'storage'> & Partial<ServerOptions>): Promise<Server> {
  return createServer({
    publishableKey: formatPublishableKey({ instanceType: 'live', host }),
    secretKeys: [secretKey],
    allowedOrigins: [page],
    signUps: { hidesAccounts: true },
    sendCode: async (_: CodeMessage) => {},
    sendNotice: async (_: Notice) => {},
    ...options,
  })
}

/** What a stranger is answered, by its status and text, and how long it took in milliseconds. */
export interface Seen {
  readonly status: number
  readonly text: string
  readonly took: number
}

/** A stranger at an address of the network. */
export interface Stranger {
  post(path: string, form?: Record<string, string>, method?: string): Promise<Seen>
}

/** Makes a stranger, each at an address of their own. */
export function strangerAt(server: Server, remoteAddress: () => string): Stranger {
  let cookie = ''
  return {
    async post(path, form = {}, method = 'POST') {
      const request = new Request(`https://${host}${path}${method === 'POST' ? '' : `?_method=${method}`}`, {
        method: 'POST',
        headers: { origin: page, ...(cookie && { cookie }) },
        body: new URLSearchParams(form),
      })
      const start = performance.now()
      const response = await server.fetch(request, { remoteAddress: remoteAddress() })
      const text = await response.text()
      const took = performance.now() - start
      const given = response.headers.getSetCookie().find((one) => one.startsWith('__client='))
      cookie = given?.split(';')[0] ?? cookie
      return { status: response.status, text, took }
    },
  }
}

/** The address of the network of a number. */
export const addressOf = (number: number): string => `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`

/** The id of what a reply shows. */
export const idOf = ({ text }: Seen): string => JSON.parse(text).response.id

/** What a stranger does to find out whether an identifier is anybody's; each gives what is answered, step by step. */
export const ways: Readonly<Record<string, (stranger: Stranger, identifier: string) => Promise<readonly Seen[]>>> = {
  'signing in by a password': async ({ post }, identifier) => [
    await post('/v1/client/sign_ins', { strategy: 'password', identifier, password: 'not the password' }),
  ],
  'signing in by a code': async ({ post }, identifier) => {
    const begun = await post('/v1/client/sign_ins', { identifier })
    const path = `/v1/client/sign_ins/${idOf(begun)}`
    return [
      begun,
      await post(`${path}/prepare_first_factor`, { strategy: 'email_code' }),
      await post(`${path}/attempt_first_factor`, { strategy: 'email_code', code: '000000' }),
    ]
  },
  'signing in by a password, second': async ({ post }, identifier) => {
    const begun = await post('/v1/client/sign_ins', { identifier })
    const path = `/v1/client/sign_ins/${idOf(begun)}`
    return [await post(`${path}/attempt_first_factor`, { strategy: 'password', password: 'not the password' })]
  },
  'a forgotten password': async ({ post }, identifier) => {
    const strategy = 'reset_password_email_code'
    const begun = await post('/v1/client/sign_ins', { identifier, strategy })
    const path = `/v1/client/sign_ins/${idOf(begun)}`
    return [
      begun,
      await post(`${path}/prepare_first_factor`, { strategy }),
      await post(`${path}/attempt_first_factor`, { strategy, code: '000000' }),
      await post(`${path}/reset_password`, { password: 'mine from now on' }),
    ]
  },
  'signing up': async ({ post }, identifier) => {
    const begun = await post('/v1/client/sign_ups', { email_address: identifier })
    const path = `/v1/client/sign_ups/${idOf(begun)}`
    return [
      begun,
      await post(`${path}/prepare_verification`, { strategy: 'email_code' }),
      await post(`${path}/attempt_verification`, { strategy: 'email_code', code: '000000' }),
      await post(path, { first_name: 'Ada' }, 'PATCH'),
    ]
  },
  'adding an address': async ({ post }, identifier) => {
    const added = await post('/v1/me/email_addresses', { email_address: identifier })
    const path = `/v1/me/email_addresses/${idOf(added)}`
    return [
      added,
      await post(`${path}/prepare_verification`, { strategy: 'email_code' }),
      await post(`${path}/attempt_verification`, { strategy: 'email_code', code: '000000' }),
      await post(path, {}, 'DELETE'),
    ]
  },
}

/** A text without what is random of each reply, and what the stranger said themselves. */
export function withoutChance(text: string, identifier: string): string {
  return text
    .replaceAll(identifier, 'the identifier')
    .replaceAll(/\b(sua|sia|idn|client|sess|user)_[A-Za-z0-9]+/g, '$1')
    .replaceAll(/"(\w+_at|version|clerk_trace_id|jwt)":("[^"]*"|\d+|null)/g, '"$1":0')
}
