import { formatPublishableKey } from '@acme/schema'
import { beforeEach, describe, expect, test } from 'vitest'
import type { CodeMessage, Notice, Server, ServerOptions } from '../src/index.ts'
import { newBrowser, sendBackend, startServer } from './setup.ts'
import { storages } from './storages.ts'

const day = 86_400_000
const url = 'https://app.example.com/sign-up?from=mail'
const ada = 'ada@example.com'

let now: number
let server: Server
let notices: Notice[]

async function start(options: Partial<ServerOptions> = {}): Promise<void> {
  now = Date.UTC(2026, 0, 1)
  notices = []
  server = await startServer({
    clock: () => now,
    signUps: { mode: 'invitation', url },
    sendCode: async (_: CodeMessage) => {},
    sendNotice: async (notice) => void notices.push(notice),
    ...options,
  })
}

beforeEach(() => start())

const invite = (body: object = {}) => sendBackend(server, 'POST', '/v1/invitations', { email_address: ada, ...body })
const ticketOf = (link: string) => new URL(link).searchParams.get('__clerk_ticket') ?? ''
const signUp = async (form: Record<string, string>) => {
  const answer = await newBrowser(server).send('POST', '/v1/client/sign_ups', form)
  return { ...answer, code: answer.json.errors?.[0].code }
}

test('who was invited signs up by the link of the mail, verified and with what the invitation says of them', async () => {
  const { json } = await invite({ public_metadata: { plan: 'pro', team: { id: 7 } } })
  expect(json).toMatchObject({ object: 'invitation', status: 'pending', revoked: false, email_address: ada })
  expect(notices).toEqual([{ to: ada, purpose: 'invitation', url: json.url }])
  expect(json.url).toContain('https://app.example.com/sign-up?from=mail&__clerk_status=sign_up&__clerk_ticket=inv_')
  const ticket = ticketOf(json.url)
  const browser = newBrowser(server)
  const done = await browser.send('POST', '/v1/client/sign_ups', { strategy: 'ticket', ticket, first_name: 'Ada' })
  expect(done.json.response).toMatchObject({ status: 'complete', public_metadata: { plan: 'pro', team: { id: 7 } } })
  const { response: me } = (await browser.send('GET', '/v1/me')).json
  expect(me).toMatchObject({
    first_name: 'Ada',
    public_metadata: { plan: 'pro', team: { id: 7 } },
    email_addresses: [{ email_address: ada, verification: { status: 'verified' } }],
  })
  // Once.
  expect((await signUp({ ticket })).code).toBe('ticket_invalid_code')
  const { json: list } = await sendBackend(server, 'GET', '/v1/invitations?paginated=true')
  expect(list).toMatchObject({ total_count: 1, data: [{ id: json.id, status: 'accepted' }] })
  expect(list.data[0].url).toBeUndefined()
})

test('what an invitation waits for is kept until the sign-up is complete', async () => {
  await sendBackend(server, 'POST', '/v1/users', { username: 'ada_lovelace', password: 'correct horse battery' })
  const ticket = ticketOf((await invite({ public_metadata: { plan: 'pro' } })).json.url)
  expect((await signUp({ ticket, username: 'ada_lovelace' })).code).toBe('form_identifier_exists')
  expect((await signUp({ ticket, username: 'countess' })).json.response).toMatchObject({ status: 'complete' })
})

test.each([
  ['invitation', 'sign_up_mode_restricted', 'complete'],
  ['closed', 'sign_up_mode_restricted', 'sign_up_mode_restricted'],
  ['open', 'missing_requirements', 'complete'],
] as const)('in the mode %s, who comes by themselves gets %s, and who was invited %s', async (mode, alone, invited) => {
  await start({ signUps: { mode, url } })
  const come = async (form: Record<string, string>) => {
    const { json, code } = await signUp(form)
    return code ?? json.response.status
  }
  expect(await come({ email_address: 'bea@example.com' })).toBe(alone)
  expect(await come({ ticket: ticketOf((await invite()).json.url) })).toBe(invited)
  const { json } = await newBrowser(server).send('GET', '/v1/environment')
  expect(json.user_settings.sign_up.mode).toBe(mode === 'open' ? 'public' : 'restricted')
})

test('a ticket is of no use for another address, once it is revoked, after its time, or when it is made up', async () => {
  const browser = newBrowser(server)
  const first = (await invite({ expires_in_days: 2 })).json
  await sendBackend(server, 'POST', '/v1/users', { username: 'ada_lovelace', password: 'correct horse battery' })
  const waiting = await browser.send('POST', '/v1/client/sign_ups', { ticket: ticketOf(first.url) })
  expect(waiting.json.response.status).toBe('complete')

  const second = (await invite({ email_address: 'bea@example.com' })).json
  expect((await signUp({ ticket: `${second.id}.${'A'.repeat(43)}` })).code).toBe('ticket_invalid_code')
  expect(
    (await signUp({ ticket: ticketOf(second.url), email_address: 'mallory@example.com' })).json.response,
  ).toMatchObject({ email_address: 'bea@example.com' })

  const third = (await invite({ email_address: 'cleo@example.com' })).json
  const revoke = () => sendBackend(server, 'POST', `/v1/invitations/${third.id}/revoke`)
  expect((await revoke()).json).toMatchObject({ status: 'revoked', revoked: true })
  expect((await revoke()).json.errors[0].code).toBe('invitation_not_pending')
  expect((await signUp({ ticket: ticketOf(third.url) })).code).toBe('ticket_invalid_code')

  const fourth = (await invite({ email_address: 'dora@example.com', expires_in_days: 2 })).json
  now += 2 * day
  expect((await signUp({ ticket: ticketOf(fourth.url) })).code).toBe('ticket_expired_code')
})

test('an invitation to who has an account, or has one already, is refused unless that is meant', async () => {
  await sendBackend(server, 'POST', '/v1/users', { email_address: ['bea@example.com'] })
  expect((await invite({ email_address: 'BEA@example.com' })).json.errors[0].code).toBe('form_identifier_exists')
  await invite()
  expect((await invite({ email_address: 'Ada@Example.com' })).json.errors[0].code).toBe('duplicate_record')
  const again = (await invite({ ignore_existing: true, notify: false })).json
  expect(notices).toHaveLength(1)
  await sendBackend(server, 'POST', `/v1/invitations/${again.id}/revoke`)
  expect((await invite()).status).toBe(200)
})

test('what an invitation leads to is a page, and its metadata keep to the limit', async () => {
  expect((await invite({ redirect_url: 'javascript:alert(1)' })).json.errors[0].meta.param_name).toBe('redirect_url')
  await start({ signUps: { mode: 'open' } })
  expect((await invite()).json.errors[0].meta.param_name).toBe('redirect_url')
  const { json } = await invite({
    redirect_url: 'http://127.0.0.1:5173/join',
    public_metadata: { a: 'x'.repeat(8_192) },
  })
  expect(json.errors[0]).toMatchObject({ code: 'form_param_exceeds_allowed_size' })
})

test('without a way to send mails a live instance hands invitations over, and says so', async () => {
  const publishableKey = formatPublishableKey({ instanceType: 'live', host: 'accounts.example.com' })
  await start({ publishableKey, sendNotice: undefined, allowedOrigins: ['http://127.0.0.1:8787'] })
  expect((await invite()).json.errors[0].code).toBe('request_invalid_for_environment')
  expect((await invite({ notify: false })).json.url).toContain('__clerk_ticket')
})

test('an invitation whose mail fails is none, and is sent when it is asked for again', async () => {
  let isDown = true
  const faults: (string | undefined)[] = []
  await start({
    log: ({ code, fault }) => void (fault && faults.push(code, fault.code)),
    sendNotice: async (notice) => {
      if (isDown) throw Object.assign(new Error('no mail today'), { code: 'ECONNREFUSED' })
      notices.push(notice)
    },
  })
  const failed = await invite()
  expect([failed.status, failed.json.errors[0].code]).toEqual([503, 'invitation_not_sent'])
  expect(faults).toEqual(['invitation_not_sent', 'ECONNREFUSED'])
  isDown = false
  const { status, json } = await invite()
  expect([status, notices.map((notice) => 'url' in notice && notice.url)]).toEqual([200, [json.url]])
  const { json: list } = await sendBackend(server, 'GET', '/v1/invitations')
  expect(list.map(({ id }: { id: string }) => id)).toEqual([json.id])
})

describe.each(Object.entries(storages))('on %s', (_, open) => {
  test('invitations are listed, found and deleted, and forgotten after a while', async () => {
    await start({ storage: await open() })
    const ids: string[] = []
    for (let count = 0; count < 4; count++) {
      now += 1
      ids.push((await invite({ email_address: `user_${count}@example.com`, expires_in_days: 4 - count })).json.id)
    }
    const list = async (query = '') => {
      const { json } = await sendBackend(server, 'GET', `/v1/invitations?paginated=true${query}`)
      return json.data.map(({ id }: { id: string }) => ids.indexOf(id))
    }
    expect(await list()).toEqual([3, 2, 1, 0])
    expect(await list('&limit=2&offset=1')).toEqual([2, 1])
    expect(await list('&order_by=email_address')).toEqual([0, 1, 2, 3])
    expect(await list('&order_by=-expires_at')).toEqual([0, 1, 2, 3])
    expect(await list('&query=USER_2')).toEqual([2])
    expect(await list(`&query=${ids[1]}`)).toEqual([1])
    await sendBackend(server, 'POST', `/v1/invitations/${ids[1]}/revoke`)
    expect(await list()).toEqual([3, 2, 0])
    expect(await list('&status=revoked')).toEqual([1])
    expect((await sendBackend(server, 'DELETE', `/v1/invitations/${ids[0]}`)).json).toMatchObject({ deleted: true })
    expect(await list('&status=pending')).toEqual([3, 2])
    now += day
    expect(await list('&status=expired')).toEqual([3])
    expect((await sendBackend(server, 'GET', '/v1/invitations?status=odd')).status).toBe(422)
    now += 40 * day
    await list()
    expect(await list()).toEqual([])
  })
})
