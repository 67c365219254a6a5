import { expect, onTestFinished, test } from 'vitest'
import type { CodeMessage, Storage } from '../src/index.ts'
import { newBrowser, sendBackend, startServer, type TestBrowser } from './setup.ts'
import { storages } from './storages.ts'

const ada = 'ada@example.com'
const password = 'correct horse battery'

test.each(Object.entries(storages))('on %s a session that begins while the others end is ended', async (_, open) => {
  const inner = await open()
  let meanwhile = async () => {}
  const storage: Storage = {
    ...inner,
    async listSessions(userId) {
      const listed = await inner.listSessions(userId)
      const now = meanwhile
      meanwhile = async () => {}
      await now()
      return listed
    },
  }
  const codes: string[] = []
  const sendCode = async ({ code }: CodeMessage) => void codes.push(code)
  const server = await startServer({ storage, sendCode })
  onTestFinished(() => server.close())
  const { id } = (await sendBackend(server, 'POST', '/v1/users', { email_address: [ada], password })).json
  const signIn = async () => {
    const browser = newBrowser(server)
    const form = { strategy: 'password', identifier: ada, password }
    expect((await browser.send('POST', '/v1/client/sign_ins', form)).status).toBe(200)
    return browser
  }
  const active = async () => (await inner.listSessions(id)).filter(({ status }) => status === 'active').length
  const reset = async (browser: TestBrowser) => {
    const strategy = 'reset_password_email_code'
    const begun = await browser.send('POST', '/v1/client/sign_ins', { identifier: ada, strategy })
    const path = `/v1/client/sign_ins/${begun.json.response.id}`
    await browser.send('POST', `${path}/attempt_first_factor`, { strategy, code: codes.at(-1) ?? '' })
    return browser.send('POST', `${path}/reset_password`, { password })
  }
  // What is done, from where somebody is signed in, and how many sessions there are afterwards.
  const ways: readonly (readonly [number, (browser: TestBrowser) => Promise<{ readonly status: number }>])[] = [
    [
      1,
      (browser) =>
        browser.send('POST', '/v1/me/change_password', {
          current_password: password,
          new_password: password,
          sign_out_of_other_sessions: 'true',
        }),
    ],
    [1, () => reset(newBrowser(server))],
    [0, () => sendBackend(server, 'PATCH', `/v1/users/${id}`, { password, sign_out_of_other_sessions: true })],
    [0, () => sendBackend(server, 'POST', `/v1/users/${id}/ban`)],
    [0, () => sendBackend(server, 'DELETE', `/v1/users/${id}`)],
  ]
  for (const [left, end] of ways) {
    await sendBackend(server, 'POST', `/v1/users/${id}/unban`)
    const browser = await signIn()
    // Two, of which one is found from the other.
    meanwhile = async () => {
      await signIn()
      await signIn()
    }
    expect([(await end(browser)).status, await active()]).toEqual([200, left])
  }
})
