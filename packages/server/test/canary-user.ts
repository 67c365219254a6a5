import { type CodeMessage, createPbkdf2Passwords, type Server, type Storage } from '../src/index.ts'
import { newBrowser, sendBackend, signUp, startServer, type TestBrowser } from './setup.ts'
import { addEndpoint, deliver, type Endpoint } from './webhook-setup.ts'

/** How every canary begins, in whatever field it is. */
export const canary = 'canary'

let count = 0

/** Makes a text that is nowhere else. */
function next(): string {
  return `${canary}${String(count++).padStart(3, '0')}x`
}

/** A user who left something in every place there is, and somebody else who used the same things. */
export interface CanaryUser {
  readonly server: Server
  readonly userId: string
  readonly emailAddress: string
  readonly username: string
  /** Signed in on the browser of the user. */
  readonly otherId: string
  readonly browser: TestBrowser
  readonly endpoint: Endpoint
  /** The key of a bulk write that changed both. */
  readonly bulk: { readonly key: string; readonly body: object }
}

/** Starts a server on a storage and has a user leave canaries everywhere. */
export async function leaveCanaries(storage: Storage): Promise<CanaryUser> {
  const mails: CodeMessage[] = []
  const endpoints = new Map<string, Endpoint>()
  const server = await startServer({
    storage,
    passwords: createPbkdf2Passwords({ iterations: 1 }),
    rateLimit: undefined,
    sendCode: async (message) => void mails.push(message),
    webhooks: { fetch: (request) => deliver(endpoints, request) },
  })
  const code = () => mails.at(-1)?.code ?? ''
  const endpoint = await addEndpoint(server, endpoints, { include_private: true })
  const options = { indexes: ['public.plan'], unique: ['private.customer'] }
  await sendBackend(server, 'PUT', '/v1/metadata_schemas', { schemas: {}, options })
  await server.runJobs()

  const browser = newBrowser(server)
  const otherId = await signUp(browser, 'somebody')
  const emailAddress = `${next()}@example.com`
  const username = next()
  // One that was begun and given up, and one that was finished.
  const begun = { email_address: emailAddress, unsafe_metadata: JSON.stringify({ from: next() }) }
  await newBrowser(server).send('POST', '/v1/client/sign_ups', { ...begun, first_name: next() })
  const password = 'correct horse battery'
  const fields = { ...begun, username, password, first_name: next(), last_name: next() }
  const { id } = (await browser.send('POST', '/v1/client/sign_ups', fields)).json.response
  const path = `/v1/client/sign_ups/${id}`
  await browser.send('POST', `${path}/prepare_verification`, { strategy: 'email_code' })
  const right = code()
  await browser.send('POST', `${path}/attempt_verification`, { strategy: 'email_code', code: '000000' })
  const done = await browser.send('POST', `${path}/attempt_verification`, { strategy: 'email_code', code: right })
  const userId: string = done.json.response.created_user_id

  const patch = async (body: object, headers = {}) => {
    await sendBackend(server, 'PATCH', `/v1/users/${userId}`, body, { 'acme-version': '1', ...headers })
  }
  // What was is in the history, what is in the row and in indexes, what answered in replies.
  for (let round = 0; round < 2; round++) {
    await patch(
      { external_id: next(), first_name: next(), last_name: next() },
      { 'idempotency-key': `fields ${round}` },
    )
    const metadata = {
      public_metadata: { plan: next(), [next()]: next() },
      private_metadata: { customer: next(), deep: { list: [next()] } },
      unsafe_metadata: { theme: next() },
    }
    const headers = { 'idempotency-key': `metadata ${round}` }
    await sendBackend(server, 'PUT', `/v1/users/${userId}/metadata`, metadata, headers)
  }
  const restored = { 'idempotency-key': 'restored' }
  await sendBackend(server, 'POST', `/v1/users/${userId}/versions/3/restore`, {}, restored)
  await sendBackend(server, 'POST', '/v1/sign_in_tokens', { user_id: userId }, { 'idempotency-key': 'ticket' })
  const invitation = { email_address: emailAddress.toUpperCase(), public_metadata: { team: next() } }
  const unasked = { redirect_url: `https://example.com/${next()}`, notify: false, ignore_existing: true }
  await sendBackend(server, 'POST', '/v1/invitations', { ...invitation, ...unasked })
  const body = {
    updates: [
      { user_id: otherId, public_metadata: { seats: 2 } },
      { user_id: userId, public_metadata: { seats: next() } },
    ],
  }
  const bulk = { key: 'bulk', body }
  await sendBackend(server, 'PATCH', '/v1/users/metadata', body, { 'idempotency-key': bulk.key })

  // Tries at them from elsewhere, a way in that is open, and an address that is not verified.
  const stranger = newBrowser(server)
  const wrong = { identifier: username, password: 'a wrong password' }
  await stranger.send('POST', '/v1/client/sign_ins', wrong)
  const opened = await stranger.send('POST', '/v1/client/sign_ins', { identifier: emailAddress.toUpperCase() })
  const way = `/v1/client/sign_ins/${opened.json.response.id}/prepare_first_factor`
  await stranger.send('POST', way, { strategy: 'email_code' })
  const added = await browser.send('POST', '/v1/me/email_addresses', { email_address: `${next()}@example.org` })
  await browser.send('POST', `/v1/me/email_addresses/${added.json.response.id}/prepare_verification`, {
    strategy: 'email_code',
  })

  // What is found out about all users, and what a migration kept.
  const schema = { type: 'object', properties: { plan: { type: 'number' } } }
  await sendBackend(server, 'POST', '/v1/metadata_schemas/check', { schemas: { public: schema } })
  await server.runJobs()
  const row = {
    id: userId,
    jobId: 'job_1',
    before: { public: { old: next() } },
    made: null,
    expireAt: Date.now() + 1e9,
  }
  await storage.transact({ reads: [], decide: () => ({ writes: [{ put: 'migratedUsers', row }], result: null }) })
  await server.deliverWebhooks()
  return { server, userId, emailAddress, username, otherId, browser, endpoint, bulk }
}
