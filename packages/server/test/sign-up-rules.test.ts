import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatPublishableKey } from '@acme/schema'
import { describe, expect, onTestFinished, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { type CodeMessage, createTurnstile, type Notice, type ServerOptions } from '../src/index.ts'
import { createBreachedPasswords } from '../src/node/breached-passwords.ts'
import { newBrowser, sendBackend, startServer } from './setup.ts'

const live = {
  publishableKey: formatPublishableKey({ instanceType: 'live', host: 'accounts.example.com' }),
  allowedOrigins: ['http://127.0.0.1:5173', 'http://127.0.0.1:8787'],
}

/** A live instance that hides who has an account, and what it has mailed. */
async function hiding(options: Partial<ServerOptions> = {}) {
  const mails: (CodeMessage | Notice)[] = []
  const send = async (mail: CodeMessage | Notice) => void mails.push(mail)
  const server = await startServer({
    ...live,
    sendCode: send,
    sendNotice: send,
    signUps: { hidesAccounts: true },
    ...options,
  })
  await sendBackend(server, 'POST', '/v1/users', { email_address: ['ada@example.com'], username: 'ada_lovelace' })
  return { server, mails }
}

describe('with hidesAccounts', () => {
  test('an address that has an account is answered as any other is, and its owner is told', async () => {
    const { server, mails } = await hiding()
    const seen: unknown[] = []
    for (const email_address of ['ADA@example.com', 'bea@example.com']) {
      const browser = newBrowser(server)
      const begun = await browser.send('POST', '/v1/client/sign_ups', {
        email_address,
        password: 'correct horse battery',
      })
      const path = `/v1/client/sign_ups/${begun.json.response.id}`
      const prepared = await browser.send('POST', `${path}/prepare_verification`, { strategy: 'email_code' })
      const tried = await browser.send('POST', `${path}/attempt_verification`, {
        strategy: 'email_code',
        code: '000000',
      })
      const changed = await browser.send('PATCH', path, { first_name: 'Ada' })
      const shown = await browser.send('GET', path)
      seen.push(
        [begun, prepared, tried, changed, shown].map(({ status, json }) => [
          status,
          // What is random of each, and what was given.
          JSON.stringify(json)
            .replaceAll(/(sua|client)_[A-Za-z0-9]+/g, '$1')
            .replaceAll(/"(\w+_at|clerk_trace_id)":("\w+"|\d+)/g, '"$1":0')
            .replaceAll(email_address, 'the address'),
        ]),
      )
    }
    expect(seen[0]).toEqual(seen[1])
    expect(mails).toEqual([
      { to: 'ADA@example.com', purpose: 'account_exists' },
      { to: 'bea@example.com', purpose: 'sign_up', code: expect.stringMatching(/^\d{6}$/) },
    ])
  })

  test('a username that is taken is told, and a sign-up goes through for who has none', async () => {
    const { server, mails } = await hiding()
    const browser = newBrowser(server)
    const taken = await browser.send('POST', '/v1/client/sign_ups', {
      username: 'ada_lovelace',
      email_address: 'ada@example.com',
    })
    expect(taken.json.errors).toMatchObject([{ code: 'form_identifier_exists', meta: { param_name: 'username' } }])
    const begun = await browser.send('POST', '/v1/client/sign_ups', { email_address: 'bea@example.com' })
    const path = `/v1/client/sign_ups/${begun.json.response.id}`
    await browser.send('POST', `${path}/prepare_verification`, { strategy: 'email_code' })
    const [mail] = mails
    const code = mail && 'code' in mail ? mail.code : ''
    const done = await browser.send('POST', `${path}/attempt_verification`, { strategy: 'email_code', code })
    expect(done.json.response).toMatchObject({ status: 'complete' })
  })

  test('who got an account meanwhile is told so by what the mail says, and by nothing before', async () => {
    const { server, mails } = await hiding()
    const browser = newBrowser(server)
    const begun = await browser.send('POST', '/v1/client/sign_ups', { email_address: 'bea@example.com' })
    const path = `/v1/client/sign_ups/${begun.json.response.id}`
    await browser.send('POST', `${path}/prepare_verification`, { strategy: 'email_code' })
    await sendBackend(server, 'POST', '/v1/users', { email_address: ['bea@example.com'] })
    const attempt = (code: string) =>
      browser.send('POST', `${path}/attempt_verification`, { strategy: 'email_code', code })
    expect((await attempt('000000')).json.errors[0].code).toBe('form_code_incorrect')
    const [mail] = mails
    const right = await attempt(mail && 'code' in mail ? mail.code : '')
    expect(right.json.errors[0].code).toBe('form_identifier_exists')
  })

  test('a test instance tells nothing either, whose code everybody knows', async () => {
    const server = await startServer({ signUps: { hidesAccounts: true } })
    await sendBackend(server, 'POST', '/v1/users', { email_address: ['ada@example.com'] })
    const browser = newBrowser(server)
    const begun = await browser.send('POST', '/v1/client/sign_ups', { email_address: 'ada@example.com' })
    const path = `/v1/client/sign_ups/${begun.json.response.id}`
    await browser.send('POST', `${path}/prepare_verification`, { strategy: 'email_code' })
    const tried = await browser.send('POST', `${path}/attempt_verification`, { strategy: 'email_code', code: '424242' })
    expect(tried.json.errors[0].code).toBe('form_code_incorrect')
  })

  test('a mail that fails shows nowhere, and is reported', async () => {
    const faults: unknown[] = []
    const fail = () => Promise.reject(new Error('no mail today'))
    const { server } = await hiding({ sendCode: fail, sendNotice: fail, onFault: (fault) => faults.push(fault) })
    for (const email_address of ['ada@example.com', 'bea@example.com']) {
      const browser = newBrowser(server)
      const begun = await browser.send('POST', '/v1/client/sign_ups', { email_address })
      const path = `/v1/client/sign_ups/${begun.json.response.id}/prepare_verification`
      expect((await browser.send('POST', path, { strategy: 'email_code' })).status).toBe(200)
    }
    expect(faults).toHaveLength(2)
  })

  test('a live instance is to have a way to tell the owner', async () => {
    const started = startServer({ ...live, sendCode: async () => {}, signUps: { hidesAccounts: true } })
    await expect(started).rejects.toMatchObject({ code: 'send_notice_missing' })
  })
})

test('that codes for an account were sent does not show where its address is named by others', async () => {
  const mails: CodeMessage[] = []
  const server = await startServer({
    ...live,
    rateLimit: undefined,
    sendCode: async (mail) => void mails.push(mail),
    sendNotice: async () => {},
    signUps: { hidesAccounts: true },
  })
  const password = 'correct horse battery'
  await sendBackend(server, 'POST', '/v1/users', { email_address: ['ada@example.com'], username: 'ada_lovelace' })
  await sendBackend(server, 'POST', '/v1/users', { username: 'mallory', password })
  const mallory = newBrowser(server)
  await mallory.send('POST', '/v1/client/sign_ins', { identifier: 'mallory', password })
  const seen: unknown[] = []
  for (const address of ['ada@example.com', 'nobody@example.com']) {
    for (const identifier of [address, 'ada_lovelace']) {
      const { json } = await mallory.send('POST', '/v1/client/sign_ins', { identifier })
      const path = `/v1/client/sign_ins/${json.response.id}/prepare_first_factor`
      for (let time = 0; time < 6; time++) await mallory.send('POST', path, { strategy: 'email_code' })
    }
    const added = await mallory.send('POST', '/v1/me/email_addresses', { email_address: address })
    const adding = `/v1/me/email_addresses/${added.json.response.id}/prepare_verification`
    const begun = await mallory.send('POST', '/v1/client/sign_ups', { email_address: address })
    const signingUp = `/v1/client/sign_ups/${begun.json.response.id}/prepare_verification`
    const answers = [
      await mallory.send('POST', adding, { strategy: 'email_code' }),
      await mallory.send('POST', signingUp, { strategy: 'email_code' }),
    ]
    seen.push(answers.map(({ status }) => status))
  }
  expect(seen).toEqual([
    [200, 200],
    [200, 200],
  ])
})

describe('stolen passwords', () => {
  const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase()
  const folder = () => {
    const path = mkdtempSync(join(tmpdir(), 'acme-breached-'))
    onTestFinished(() => rmSync(path, { recursive: true }))
    return path
  }

  test.each(['\n', '\r\n'])(
    'each is found in a file by where it lies, and no other, with lines that end in %j',
    async (end) => {
      const size = scaled(3_000, 300)
      const hashes = Array.from({ length: size }, (_, index) => sha1(`password ${index}`)).sort()
      for (const lines of [hashes, hashes.slice(0, 1), hashes.slice(0, 2), []]) {
        for (const last of ['', end]) {
          const path = join(folder(), 'list.txt')
          writeFileSync(
            path,
            lines.map((hash, index) => `${hash}:${index * 7 + 1}`).join(end) + (lines.length > 0 ? last : ''),
          )
          const isBreached = createBreachedPasswords(path)
          const inList = new Set(lines)
          for (let index = 0; index < Math.min(size, 300); index++) {
            expect(await isBreached(`password ${index}`)).toBe(inList.has(sha1(`password ${index}`)))
            expect(await isBreached(`another ${index}`)).toBe(false)
          }
        }
      }
    },
  )

  test('each is found in a folder of ranges, and padding is none', async () => {
    const path = folder()
    for (const [password, count] of [
      ['stolen long ago', 7],
      ['only padding', 0],
    ] as const) {
      const hash = sha1(password)
      writeFileSync(join(path, `${hash.slice(0, 5)}.txt`), `${'0'.repeat(35)}:3\r\n${hash.slice(5)}:${count}\r\n`)
    }
    const isBreached = createBreachedPasswords(path)
    expect([await isBreached('stolen long ago'), await isBreached('only padding')]).toEqual([true, false])
  })

  test('a list that is none is refused at the start', () => {
    expect(() => createBreachedPasswords('/nowhere/at/all')).toThrow(TypeError)
  })

  test('none is taken wherever one is chosen, and a list that cannot be read keeps nobody out', async () => {
    const faults: unknown[] = []
    const stolen = 'stolen long ago'
    const server = await startServer({
      async isBreached(password) {
        if (password === 'the list is gone') throw new Error('it is gone')
        return password === stolen
      },
      onFault: (fault) => faults.push(fault),
    })
    const browser = newBrowser(server)
    const code = ({ json }: { readonly json: { errors?: { code: string; meta: object }[] } }) => json.errors?.[0]?.code
    const form = { username: 'ada_lovelace', email_address: 'ada@example.com' }
    expect(code(await browser.send('POST', '/v1/client/sign_ups', { ...form, password: stolen }))).toBe(
      'form_password_pwned',
    )
    expect(code(await sendBackend(server, 'POST', '/v1/users', { username: 'ada', password: stolen }))).toBe(
      'form_password_pwned',
    )
    const skipping = { username: 'ada', password: stolen, skip_password_checks: true }
    expect((await sendBackend(server, 'POST', '/v1/users', skipping)).status).toBe(200)
    const begun = await browser.send('POST', '/v1/client/sign_ups', {
      username: 'ada_lovelace',
      password: 'the list is gone',
    })
    expect(begun.json.response).toMatchObject({ status: 'complete' })
    expect(faults).toHaveLength(1)
    const change = { current_password: 'the list is gone', new_password: stolen }
    const changed = await browser.send('POST', '/v1/me/change_password', change)
    expect(changed.json.errors[0]).toMatchObject({ code: 'form_password_pwned', meta: { param_name: 'new_password' } })
  })
})

describe('a captcha', () => {
  test('is to be passed before anything is made of a sign-up, but by who was invited', async () => {
    const tokens: string[] = []
    const server = await startServer({
      signUps: {
        url: 'https://app.example.com',
        captcha: {
          siteKey: 'site',
          async verify(token) {
            tokens.push(token)
            if (token === 'broken') throw new Error('nobody answers')
            return token === 'good'
          },
        },
      },
    })
    const { json } = await newBrowser(server).send('GET', '/v1/environment')
    expect(json.user_settings.sign_up).toMatchObject({ captcha_enabled: true })
    expect(json.display_config).toMatchObject({ captcha_public_key: 'site', captcha_widget_type: 'smart' })
    const come = async (form: Record<string, string>) => {
      const answer = await newBrowser(server).send('POST', '/v1/client/sign_ups', {
        username: 'ada_lovelace',
        password: 'correct horse battery',
        ...form,
      })
      return answer.json.errors?.[0].code ?? answer.json.response.status
    }
    expect(await come({})).toBe('captcha_missing_token')
    for (const captcha_token of ['bad', 'broken']) expect(await come({ captcha_token })).toBe('captcha_invalid')
    expect(await come({ captcha_token: 'good', captcha_widget_type: 'smart' })).toBe('complete')
    const { url } = (await sendBackend(server, 'POST', '/v1/invitations', { email_address: 'bea@example.com' })).json
    const ticket = new URL(url).searchParams.get('__clerk_ticket') ?? ''
    expect(await come({ username: 'bea_lovelace', ticket })).toBe('complete')
    expect(tokens).toEqual(['bad', 'broken', 'good'])
  })

  test('of Turnstile is checked by Cloudflare, with the secret that no page has', async () => {
    const asked: string[] = []
    const fetch = async (input: unknown, init?: RequestInit) => {
      asked.push(`${input} ${init?.body}`)
      return Response.json({ success: `${init?.body}`.endsWith('=good') })
    }
    const captcha = createTurnstile({ siteKey: 'site', secretKey: 'secret', fetch: fetch as typeof globalThis.fetch })
    expect([await captcha.verify('good'), await captcha.verify('bad')]).toEqual([true, false])
    expect(asked[0]).toBe('https://challenges.cloudflare.com/turnstile/v0/siteverify secret=secret&response=good')
    const down = async () => new Response('', { status: 500 })
    const broken = createTurnstile({ siteKey: 'site', secretKey: 'secret', fetch: down as typeof globalThis.fetch })
    await expect(broken.verify('good')).rejects.toThrow('500')
  })
})
