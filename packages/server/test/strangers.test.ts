import { formatPublishableKey } from '@acme/schema'
import { describe, expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { reportOf } from '../src/http/fault-report.ts'
import type { FaultReport, ServerOptions } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { newBrowser, send, sendBackend, signUp, startServer } from './setup.ts'

const password = 'correct horse battery'
const live = formatPublishableKey({ instanceType: 'live', host: 'accounts.example.com' })

test('a client holds one session of each user, and ten at the most; what is over is let go of', async () => {
  const server = await startServer()
  const browser = newBrowser(server)
  const id = await signUp(browser, 'ada_lovelace')
  const sessions = async () => (await browser.send('GET', '/v1/client')).json.response.sessions
  const [first] = await sessions()
  for (let time = 0; time < 3; time++) {
    await browser.send('POST', '/v1/client/sign_ins', { strategy: 'password', identifier: 'ada_lovelace', password })
  }
  expect(await sessions()).toMatchObject([{ user: { id } }])
  const stored = (await sendBackend(server, 'GET', `/v1/sessions?user_id=${id}`)).json
  expect(stored.map(({ status }: { status: string }) => status).sort()).toEqual(['active', 'ended', 'ended', 'ended'])
  expect((await browser.send('GET', `/v1/me?_clerk_session_id=${first.id}`)).status).toBe(401)

  for (let person = 0; person < 11; person++) await signUp(browser, `person_${person}`)
  const names = (await sessions()).map(({ user }: { user: { username: string } }) => user.username)
  expect(names).toEqual(Array.from({ length: 10 }, (_, index) => `person_${index + 1}`))
})

describe('who changes their address within a site, or tells none, is counted as one', () => {
  const limits: Partial<ServerOptions> = { rateLimit: { attempts: 3, window: 60_000 } }
  test.each([
    ['an IPv6 site', (count: number) => `2001:db8:1:${count.toString(16)}::1`],
    ['nowhere', () => undefined],
    ['what is no address', (count: number) => `"[2001:db8::${count}]"`],
  ])('%s', async (_, addressOf) => {
    const server = await startServer(limits)
    const statuses: number[] = []
    for (let count = 0; count < 40; count++) {
      const body = new URLSearchParams({ strategy: 'password', identifier: `user_${count}`, password })
      const headers = { origin: 'http://127.0.0.1:5173' }
      const request = new Request('http://127.0.0.1:8787/v1/client/sign_ins', { method: 'POST', headers, body })
      statuses.push((await server.fetch(request, { remoteAddress: addressOf(count) })).status)
    }
    expect(statuses.filter((status) => status !== 429)).toHaveLength(30)
  })
})

test('passwords that an app asks for count with the sign-ins of the account', async () => {
  const server = await startServer({
    publishableKey: live,
    rateLimit: undefined,
    allowedOrigins: ['https://a.example'],
  })
  const { id } = (await sendBackend(server, 'POST', '/v1/users', { username: 'ada_lovelace', password })).json
  const guess = (tried: string) => sendBackend(server, 'POST', `/v1/users/${id}/verify_password`, { password: tried })
  for (let time = 0; time < 20; time++) expect((await guess(password)).status).toBe(200)
  const answers = []
  for (let time = 0; time < 8; time++) answers.push(await guess('not the password'))
  expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422, 429, 429, 429])
  expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await guess(password)).status).toBe(429)
})

test('an identifier that is longer than any is refused, and leaves nothing', async () => {
  const browser = newBrowser(await startServer())
  const { status, json } = await browser.send('POST', '/v1/client/sign_ins', { identifier: 'a'.repeat(257) })
  expect([status, json.errors[0].code]).toEqual([422, 'form_param_value_invalid'])
  expect(browser.cookie).toBe('')
})

test('a reply to one user of a browser is not given to the next', async () => {
  const server = await startServer()
  const browser = newBrowser(server)
  const erase = () => browser.send('POST', '/v1/me?_method=DELETE&acme_idempotency_key=k1')
  const first = await signUp(browser, 'ada_lovelace')
  expect((await erase()).json.response).toMatchObject({ id: first, deleted: true })
  expect((await erase()).json.response).toMatchObject({ id: first, deleted: true })
  const second = await signUp(browser, 'grace_hopper')
  expect((await erase()).json.errors).toMatchObject([{ code: 'idempotency_key_reused' }])
  expect((await sendBackend(server, 'GET', `/v1/users/${second}`)).status).toBe(200)
})

test.each([
  [
    'throws',
    () => {
      throw new Error('the mail server says ada@example.com')
    },
  ],
  ['fails', () => Promise.reject(new Error('the mail server says ada@example.com'))],
] as const)('a mail that %s shows in no reply to a sign-in, and is reported', async (_, sendCode) => {
  const reports: FaultReport[] = []
  const server = await startServer({ sendCode, onFault: (report) => reports.push(report) })
  await sendBackend(server, 'POST', '/v1/users', {
    email_address: ['ada@example.com'],
    skip_password_requirement: true,
  })
  const answers = []
  for (const identifier of ['ada@example.com', 'nobody@example.com']) {
    const browser = newBrowser(server)
    const { json } = await browser.send('POST', '/v1/client/sign_ins', { identifier })
    const path = `/v1/client/sign_ins/${json.response.id}/prepare_first_factor`
    answers.push((await browser.send('POST', path, { strategy: 'email_code' })).status)
  }
  expect(answers).toEqual([200, 200])
  expect(reports).toHaveLength(1)
  expect(JSON.stringify(reports)).not.toContain('ada@')
})

test('an instance of one kind is not opened as the other', async () => {
  const storage = createMemoryStorage()
  await startServer({ storage, publishableKey: live })
  await expect(startServer({ storage })).rejects.toMatchObject({ code: 'instance_type_mismatch' })
})

test('a key that the storage does not hold is not said to be revoked', async () => {
  const key = 'sk_test_given_as_option'
  const server = await startServer({ secretKeys: [key] })
  await expect(server.revokeSecretKey(key)).rejects.toMatchObject({ code: 'secret_key_in_options' })
})

test('a refusal is not much larger than what it refuses', async () => {
  const form = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, '']))
  const { status, json } = await newBrowser(await startServer()).send('POST', '/v1/client/sign_ups', form)
  expect([status, json.errors.length]).toEqual([422, 20])
})

test('a development browser’s name cannot set attributes of cookies', async () => {
  const server = await startServer()
  const query = new URLSearchParams({ redirect_url: 'http://127.0.0.1:5173/', __clerk_db_jwt: 'x; Domain=evil.test' })
  const { status, headers } = await send(server, `/v1/client/handshake?${query}`)
  expect(status).toBe(307)
  const token = new URL(headers.get('location') ?? '').searchParams.get('__clerk_handshake') ?? ''
  expect(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).not.toContain('evil.test')
})

test('what is told of a fault has the form of a name or a code, whoever made it', () => {
  const odd = Object.assign(new Error('sk_test_0123456789'), {
    name: 'Bad value sk_test_0123',
    code: 'sk_test_0123456789',
  })
  expect(reportOf(odd)).toMatchObject({ name: 'Error', code: undefined })
  expect(reportOf(Object.assign(new Error('full'), { code: 'ENOSPC' }))).toMatchObject({ code: 'ENOSPC' })
})

describe('characters that not every storage can look for are refused by all', () => {
  const storages = {
    memory: async () => createMemoryStorage(),
    PostgreSQL: async () => {
      const { url, drop } = await newDatabase()
      onTestFinished(drop)
      const storage = await createPostgresStorage({ url })
      onTestFinished(() => storage.close())
      return storage
    },
  }
  test.each(Object.entries(storages))('%s', async (_, open) => {
    const faults: unknown[] = []
    const server = await startServer({ storage: await open(), log: ({ fault }) => fault && faults.push(fault) })
    const browser = newBrowser(server)
    await browser.send('POST', '/v1/client/sign_ins', { identifier: 'a' })
    const asked = [
      browser.send('POST', '/v1/client/sign_ins', { identifier: 'a\0b' }),
      browser.send('POST', '/v1/client/sign_ins', { strategy: 'ticket', ticket: 'a\0b' }),
      browser.send('POST', '/v1/client/sign_ups', { username: 'a\0b' }),
      browser.send('GET', '/v1/client/sign_ups/%00'),
      browser.send('POST', '/v1/client/sign_ins/%00/attempt_first_factor', { strategy: 'email_code', code: '1' }),
      browser.send('POST', '/v1/client/sessions/%00/touch'),
      browser.send('GET', '/v1/me?_clerk_session_id=%00'),
      ...['users?query=%00', 'users?starting_after=%00', 'sessions?user_id=%00', 'users?email_address=%00'].map(
        (path) => sendBackend(server, 'GET', `/v1/${path}`),
      ),
      sendBackend(server, 'POST', '/v1/sign_in_tokens/%00/revoke'),
      sendBackend(server, 'POST', '/v1/users', { email_address: ['a\0@b.co'], external_id: 'x\0' }),
      sendBackend(server, 'POST', '/v1/sign_in_tokens', { user_id: 'user_\0' }),
    ]
    for (const { status } of await Promise.all(asked)) expect([400, 404, 422]).toContain(status)
    expect(faults).toEqual([])
  })
})
