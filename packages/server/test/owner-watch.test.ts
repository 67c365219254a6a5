import { expect, test, vi } from 'vitest'
import type { CodeMessage, Notice, ServerOptions } from '../src/index.ts'
import { mailTexts } from '../src/node/mail/mail-texts.ts'
import { writeMail } from '../src/node/mail/write-mail.ts'
import { newBrowser, sendBackend, startServer } from './setup.ts'

const [old, next] = ['ada@example.com', 'lovelace@example.com']
const password = 'correct horse battery'

/** Somebody who is signed in, what they are mailed, and how they change how they sign in. */
async function signIn(options: Partial<ServerOptions> = {}) {
  const codes: string[] = []
  const notices: Notice[] = []
  const server = await startServer({
    sendCode: async ({ code }: CodeMessage) => void codes.push(code),
    sendNotice: async (notice) => void notices.push(notice),
    ...options,
  })
  const { id } = (await sendBackend(server, 'POST', '/v1/users', { email_address: [old], password })).json
  const browser = newBrowser(server)
  const send = async (path: string, form: Record<string, string> = {}, method = 'POST') => {
    const { status, json } = await browser.send(method, path, form)
    expect([status, json.errors]).toEqual([200, undefined])
    return json.response
  }
  await send('/v1/client/sign_ins', { identifier: old, strategy: 'password', password })
  const addressId = async () => (await browser.send('GET', '/v1/me')).json.response.primary_email_address_id
  return {
    id,
    server,
    notices,
    send,
    addressId,
    taken: () => notices.splice(0),
    makePrimary: (one: string) => send('/v1/me', { primary_email_address_id: one }, 'PATCH'),
    async add(email_address: string): Promise<string> {
      const added = await send('/v1/me/email_addresses', { email_address })
      const path = `/v1/me/email_addresses/${added.id}`
      await send(`${path}/prepare_verification`, { strategy: 'email_code' })
      await send(`${path}/attempt_verification`, { code: codes.at(-1) ?? '' })
      return added.id
    },
    async reset() {
      const strategy = 'reset_password_email_code'
      const { id } = await send('/v1/client/sign_ins', { identifier: next, strategy })
      await send(`/v1/client/sign_ins/${id}/attempt_first_factor`, { strategy, code: codes.at(-1) ?? '' })
      await send(`/v1/client/sign_ins/${id}/reset_password`, { password })
    },
  }
}

test('the owner is told of each change of how they sign in, where they were reached before as well', async () => {
  const { send, add, reset, makePrimary, addressId, taken, server, id } = await signIn()
  await send('/v1/me/change_password', { current_password: password, new_password: password })
  expect(taken()).toEqual([{ to: old, purpose: 'password_changed' }])
  const oldId = await addressId()
  const nextId = await add(next)
  expect(taken()).toEqual([{ to: old, purpose: 'email_address_added', address: next }])
  await makePrimary(nextId)
  const moved = { purpose: 'primary_email_address_changed', address: next }
  expect(taken()).toEqual([old, next].map((to) => ({ to, ...moved })))
  await send(`/v1/me/email_addresses/${oldId}`, {}, 'DELETE')
  const removed = { purpose: 'email_address_removed', address: old }
  expect(taken()).toEqual([old, next].map((to) => ({ to, ...removed })))
  await reset()
  expect(taken()).toEqual([{ to: next, purpose: 'password_changed' }])
  await send('/v1/me/remove_password', { current_password: password })
  expect(taken()).toEqual([{ to: next, purpose: 'password_removed' }])
  // What is no change of that kind, and what the app does by itself, is told by the app.
  await send('/v1/me', { first_name: 'Ada' }, 'PATCH')
  await sendBackend(server, 'PATCH', `/v1/users/${id}`, { password })
  expect(taken()).toEqual([])
})

test('changes made again and again flood nobody, nor do they wait for that', async () => {
  const now = Date.now()
  const { add, makePrimary, addressId, taken } = await signIn({ rateLimit: undefined, clock: () => now })
  const ids = [await add(next), await addressId()]
  taken()
  for (let count = 0; count < 120; count++) await makePrimary(ids[count % 2] ?? '')
  // Ten times as many as in a live instance; the old address was told of the new one before.
  const told = taken()
  expect([old, next].map((one) => told.filter(({ to }) => to === one).length)).toEqual([49, 50])
})

test('a mail that fails fails no change, and is reported', async () => {
  const onFault = vi.fn()
  const sendNotice = () => {
    throw new Error('no mail today')
  }
  const { send } = await signIn({ sendNotice, onFault })
  await send('/v1/me/change_password', { current_password: password, new_password: password })
  await expect.poll(() => onFault.mock.calls.length).toBe(1)
})

test('every mail has words, and what they stand for is filled in', () => {
  for (const purpose of mailTexts.keys()) {
    const message = {
      to: old,
      purpose,
      code: '123456',
      url: 'https://example.com/',
      address: '<b>@example.com',
    } as const
    const { subject, text, html } = writeMail(mailTexts, message as unknown as Notice, 'accounts.example.com')
    expect(`${subject}${text}${html}`).not.toMatch(/\{\{|undefined/)
    expect(html).not.toContain('<b>@')
  }
})
