import { DatabaseSync } from 'node:sqlite'
import { formatPublishableKey } from '@acme/schema'
import { beforeEach, describe, expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { type CodeMessage, createPbkdf2Passwords, type Server, type Storage } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { secretKey, startServer } from './setup.ts'

const page = 'https://app.example.com'
const minute = 60_000
const hour = 60 * minute

let now: number
let storage: Storage
let server: Server
let mails: CodeMessage[]
let verified: number

/** A live instance, which strangers reach; another process of it may share the storage. */
function live(): Promise<Server> {
  const passwords = createPbkdf2Passwords({ iterations: 1 })
  return startServer({
    publishableKey: formatPublishableKey({ instanceType: 'live', host: 'accounts.example.com' }),
    allowedOrigins: [page],
    storage,
    clock: () => now,
    rateLimit: undefined,
    passwords: {
      ...passwords,
      verify(password, hash) {
        verified++
        return passwords.verify(password, hash)
      },
    },
    async sendCode(message) {
      mails.push(message)
    },
  })
}

async function begin(makeStorage: () => Storage) {
  now = Date.UTC(2026, 0, 1)
  mails = []
  verified = 0
  storage = makeStorage()
  server = await live()
}

beforeEach(() => begin(createMemoryStorage))

interface Answer {
  readonly status: number
  readonly code: string | undefined
  /** In seconds. */
  readonly retryAfter: number | undefined
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly json: any
}

/** A browser at an address of the network. */
function browserAt(remoteAddress: string, at = () => server) {
  let cookie = ''
  return async (path: string, form: Record<string, string>, method = 'POST'): Promise<Answer> => {
    const request = new Request(`https://accounts.example.com${path}${method === 'POST' ? '' : `?_method=${method}`}`, {
      method: 'POST',
      headers: { origin: page, ...(cookie && { cookie }) },
      body: new URLSearchParams(form),
    })
    const response = await at().fetch(request, { remoteAddress })
    cookie =
      response.headers
        .getSetCookie()
        .find((text) => text.startsWith('__client='))
        ?.split(';')[0] ?? cookie
    const json = await response.json()
    const wait = response.headers.get('retry-after')
    return {
      status: response.status,
      code: json.errors?.[0].code,
      retryAfter: wait === null ? undefined : Number(wait),
      json,
    }
  }
}

type Browser = ReturnType<typeof browserAt>

const addressOf = (number: number) => `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`

/** Begins a sign-in; gives its path. */
async function beginSignIn(browser: Browser, identifier: string): Promise<string | undefined> {
  const { status, json } = await browser('/v1/client/sign_ins', { identifier })
  return status === 200 ? `/v1/client/sign_ins/${json.response.id}` : undefined
}

const askForCode = (browser: Browser, path: string) =>
  browser(`${path}/prepare_first_factor`, { strategy: 'email_code' })
const askToReset = (browser: Browser, path: string) =>
  browser(`${path}/prepare_first_factor`, { strategy: 'reset_password_email_code' })
const tryCode = (browser: Browser, path: string, code: string) =>
  browser(`${path}/attempt_first_factor`, { strategy: 'email_code', code })
const tryPassword = (browser: Browser, identifier: string, password: string) =>
  browser('/v1/client/sign_ins', { strategy: 'password', identifier, password })

const right = 'correct horse battery'
const ada = 'ada@example.com'

async function createUser(fields: object): Promise<string> {
  const request = new Request('https://accounts.example.com/v1/users', {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })
  return (await (await server.fetch(request)).json()).id
}

/** What came through of an attack. */
interface Through {
  mails: number
  codes: number
  passwords: number
}

/** Asks for codes, tries codes and tries passwords as often as it is let, over a while of the clock. */
async function attack(
  identifiers: readonly string[],
  { addresses, ticks, tick }: { readonly addresses: number; readonly ticks: number; readonly tick: number },
): Promise<Through> {
  const through: Through = { mails: 0, codes: 0, passwords: 0 }
  const before = mails.length
  for (let count = 0; count < ticks; count++) {
    now += tick
    const identifier = identifiers[count % identifiers.length] ?? ada
    const browser = browserAt(addressOf(count % addresses))
    const path = await beginSignIn(browser, identifier)
    if (path) {
      await askForCode(browser, path)
      for (let guess = 0; guess < 3; guess++) {
        const { code } = await tryCode(browser, path, '000000')
        if (code === 'form_code_incorrect') through.codes++
      }
    }
    if ((await tryPassword(browser, identifier, `guess ${count}`)).code === 'form_password_incorrect') {
      through.passwords++
    }
  }
  through.mails = mails.length - before
  return through
}

/** An hour of attempts, as many as the scale of the run makes. */
function anHour({ addresses, ticks }: { readonly addresses: number; readonly ticks: number }) {
  const made = scaled(ticks, 120)
  return { addresses, ticks: made, tick: hour / made }
}

describe.each([
  ['memory', createMemoryStorage],
  ['SQLite', () => createSqliteStorage({ database: new DatabaseSync(':memory:') })],
] as const)('on %s', (_, makeStorage) => {
  test.each([
    ['one address, 30 seconds', { addresses: 1, ticks: 300, tick: 100 }, { mails: 5, codes: 10, passwords: 5 }],
    ['one address, an hour', anHour({ addresses: 1, ticks: 600 }), { mails: 5, codes: 10, passwords: 30 }],
    ['1,000 addresses, an hour', anHour({ addresses: 1_000, ticks: 1_000 }), { mails: 20, codes: 50, passwords: 200 }],
  ])('%s: one account gets few mails, and few guesses', async (_, how, most) => {
    await begin(makeStorage)
    await createUser({ email_address: [ada], password: right })
    const through = await attack([ada], how)
    for (const what of ['mails', 'codes', 'passwords'] as const) {
      expect(through[what]).toBeGreaterThan(0)
      expect(through[what]).toBeLessThanOrEqual(most[what])
    }
  })

  test('what was counted is known to every process, and after a restart', async () => {
    await begin(makeStorage)
    await createUser({ email_address: [ada], password: right })
    for (let count = 0; count < 5; count++) {
      expect((await tryPassword(browserAt(addressOf(9)), ada, 'not the password')).status).toBe(422)
    }
    const other = await live()
    const browser = browserAt(addressOf(9), () => other)
    expect((await tryPassword(browser, ada, right)).status).toBe(429)
  })
})

test('an account’s limits hold over all of its identifiers, and whose they are does not show', async () => {
  await createUser({ email_address: [ada], username: 'ada_lovelace', password: right })
  const through = await attack([ada, 'ada_lovelace'], anHour({ addresses: 1_000, ticks: 1_000 }))
  expect(through.mails).toBe(20)
  // Each identifier is refused by itself; what more is let through is not looked at.
  const browser = browserAt('203.0.113.1')
  now += hour
  const [first, second] = [await beginSignIn(browser, ada), await beginSignIn(browser, 'ada_lovelace')]
  if (!first || !second) throw new Error('no sign-in was begun')
  await askForCode(browser, first)
  for (let count = 0; count < 5; count++) await tryCode(browser, first, '000000')
  const next = await beginSignIn(browser, ada)
  if (!next) throw new Error('no sign-in was begun')
  await askForCode(browser, next)
  for (let count = 0; count < 5; count++) await tryCode(browser, next, '000000')
  await askForCode(browser, second)
  const sent = mails.at(-1)?.code ?? ''
  expect(await tryCode(browserAt('203.0.113.2'), second, sent)).toMatchObject({ status: 401 })
  expect(await tryCode(browser, second, sent)).toMatchObject({ status: 422, code: 'form_code_incorrect' })
})

test('codes to reset a password are counted with those to sign in, and are no proof for the other', async () => {
  await createUser({ email_address: [ada], password: right })
  const browser = browserAt('203.0.113.7')
  const path = await beginSignIn(browser, ada)
  if (!path) throw new Error('no sign-in was begun')
  await askToReset(browser, path)
  expect(mails.at(-1)).toMatchObject({ to: ada, purpose: 'reset_password' })
  expect((await tryCode(browser, path, mails.at(-1)?.code ?? '')).code).toBe('verification_not_sent')
  for (let count = 0; count < 9; count++) await (count % 2 ? askToReset : askForCode)(browser, path)
  expect(mails).toHaveLength(5)
})

test('who is nobody is counted as somebody is: every reply is the same', async () => {
  await createUser({ email_address: [ada], password: right })
  const runs = []
  for (const identifier of [ada, 'nobody@example.com']) {
    const start = now
    const seen: unknown[] = []
    for (let round = 0; round < 12; round++) {
      now += minute
      const browser = browserAt(addressOf(round))
      const path = await beginSignIn(browser, identifier)
      const replies = path
        ? [
            await askForCode(browser, path),
            await askToReset(browser, path),
            await tryCode(browser, path, '000000'),
            await tryCode(browser, path, '000000'),
            await tryPassword(browser, identifier, 'not the password'),
            await tryPassword(browser, identifier, 'not the password'),
          ]
        : []
      seen.push(replies.map(({ status, code, retryAfter }) => [status, code, retryAfter]))
    }
    runs.push(seen)
    now = start
  }
  expect(runs[0]).toEqual(runs[1])
  expect(JSON.stringify(runs[0])).toContain('too_many_requests')
})

test('the owner gets in meanwhile on a device that is known, by password and by code', async () => {
  await createUser({ email_address: [ada], password: right })
  const owner = browserAt('203.0.113.7')
  expect((await tryPassword(owner, ada, right)).status).toBe(200)
  await owner('/v1/client', {}, 'DELETE')
  // From the owner's own network, too.
  await attack([ada], { addresses: 50, ticks: 300, tick: 100 })
  for (let count = 0; count < 40; count++) await tryPassword(browserAt('203.0.113.7'), `user_${count}`, 'a guess')
  expect((await tryPassword(browserAt('203.0.113.8'), ada, right)).status).toBe(429)
  expect((await tryPassword(owner, ada, right)).status).toBe(200)
  const path = await beginSignIn(owner, ada)
  if (!path) throw new Error('no sign-in was begun')
  expect((await askForCode(owner, path)).status).toBe(200)
  expect((await tryCode(owner, path, mails.at(-1)?.code ?? '')).status).toBe(200)
})

test('one stranger at one address keeps the owner out nowhere else, by no way in', async () => {
  await createUser({ email_address: [ada], password: right })
  await attack([ada], { addresses: 1, ticks: 600, tick: 1_000 })
  for (let count = 0; count < 700; count++) await beginSignIn(browserAt(addressOf(0)), ada)
  // On a device that nobody has seen.
  const path = await beginSignIn(browserAt('203.0.113.8'), ada)
  expect(path).toBeDefined()
  const owner = browserAt('203.0.113.8')
  expect((await tryPassword(owner, ada, right)).status).toBe(200)
  const other = browserAt('203.0.113.9')
  const begun = (await beginSignIn(other, ada)) ?? ''
  await askToReset(other, begun)
  const answer = await other(`${begun}/attempt_first_factor`, {
    strategy: 'reset_password_email_code',
    code: mails.at(-1)?.code ?? '',
  })
  expect(answer.json.response).toMatchObject({ status: 'needs_new_password' })
})

test('who moves about in an IPv6 site is one stranger', async () => {
  await createUser({ email_address: [ada], password: right })
  for (let count = 0; count < 20; count++) {
    const browser = browserAt(`2001:db8:1:${count.toString(16)}::1`)
    const path = (await beginSignIn(browser, ada)) ?? ''
    await askForCode(browser, path)
  }
  expect(mails).toHaveLength(5)
})

test('right passwords of many are no tries, and end no count of what strangers try', async () => {
  await createUser({ username: 'ada_lovelace', password: right })
  for (let count = 0; count < 300; count++) {
    now += 1_000
    expect((await tryPassword(browserAt(addressOf(count)), 'ada_lovelace', right)).status).toBe(200)
  }
  let through = 0
  for (let count = 0; count < 400; count++) {
    now += 5_000
    const { code } = await tryPassword(browserAt(addressOf(1_000 + count)), 'ada_lovelace', 'a guess')
    if (code === 'form_password_incorrect') through++
    await tryPassword(browserAt(addressOf(5_000 + count)), 'ada_lovelace', right)
  }
  expect(through).toBe(200)
})

test('an inbox is one inbox, whatever is after the plus', async () => {
  for (let count = 0; count < 10; count++) {
    const browser = browserAt('203.0.113.7')
    const { json } = await browser('/v1/client/sign_ups', { email_address: `ada+${count}@example.com` })
    await browser(`/v1/client/sign_ups/${json.response.id}/prepare_verification`, { strategy: 'email_code' })
  }
  expect(mails).toHaveLength(5)
})

test.each([
  [1, { mails: 5, codes: 10 }],
  [50, { mails: 20, codes: 50 }],
])(
  'who adds an address that is not theirs, from %i addresses in an hour, sends few mails to it and guesses little',
  async (addresses, most) => {
    await createUser({ username: 'mallory', password: right })
    const browsers = Array.from({ length: addresses }, (_, index) => browserAt(addressOf(index)))
    for (const browser of browsers) expect((await tryPassword(browser, 'mallory', right)).status).toBe(200)
    let codes = 0
    for (let round = 0; round < 150; round++) {
      now += 20_000
      const browser = browsers[round % addresses] as Browser
      const { json } = await browser('/v1/me/email_addresses', { email_address: ada })
      const path = `/v1/me/email_addresses/${json.response.id}`
      await browser(`${path}/prepare_verification`, { strategy: 'email_code' })
      for (let guess = 0; guess < 3; guess++) {
        if ((await browser(`${path}/attempt_verification`, { code: '000000' })).code === 'form_code_incorrect') codes++
      }
      await browser(path, {}, 'DELETE')
    }
    expect([mails.length, codes]).toEqual([most.mails, most.codes])
    // Whose address it is signs in meanwhile, where they were before.
    expect(mails.every(({ to, purpose }) => to === ada && purpose === 'verify_email_address')).toBe(true)
  },
)

describe('a device is known', () => {
  /** Whether it is counted apart from what strangers do at its address. */
  const isKnown = async (browser: Browser, address: string) => {
    for (let count = 0; count < 6; count++) await tryPassword(browserAt(address), ada, 'a guess')
    return (await tryPassword(browser, ada, right)).status === 200
  }
  const signedIn = async (address: string) => {
    const browser = browserAt(address)
    expect((await tryPassword(browser, ada, right)).status).toBe(200)
    return browser
  }

  test('while nine others at the most have followed', async () => {
    await createUser({ email_address: [ada], password: right })
    const thief = await signedIn('198.51.100.1')
    const later = await signedIn('198.51.100.2')
    for (let count = 0; count < 9; count++) await signedIn(addressOf(count))
    expect(await isKnown(thief, '198.51.100.1')).toBe(false)
    expect(await isKnown(later, '198.51.100.2')).toBe(true)
  })

  test('until its owner revokes its session elsewhere', async () => {
    await createUser({ email_address: [ada], password: right })
    const thief = await signedIn('198.51.100.1')
    const id = (await thief('/v1/client', {}, 'PUT')).json.response.sessions[0].id
    const owner = await signedIn('198.51.100.2')
    expect((await owner(`/v1/me/sessions/${id}/revoke`, {})).status).toBe(200)
    expect(await isKnown(thief, '198.51.100.1')).toBe(false)
    expect(await isKnown(owner, '198.51.100.2')).toBe(true)
  })

  test('until another password is set and others are signed out', async () => {
    await createUser({ email_address: [ada], password: right })
    const thief = await signedIn('198.51.100.1')
    const owner = await signedIn('198.51.100.2')
    const change = { current_password: right, new_password: right, sign_out_of_other_sessions: 'true' }
    expect((await owner('/v1/me/change_password', change)).status).toBe(200)
    expect(await isKnown(thief, '198.51.100.1')).toBe(false)
    expect(await isKnown(owner, '198.51.100.2')).toBe(true)
  })

  test('also where an older version did not note it, once somebody signs out there', async () => {
    const id = await createUser({ email_address: [ada], password: right })
    const owner = await signedIn('198.51.100.1')
    const client = (await owner('/v1/client', {}, 'PUT')).json.response.id
    await storage.transact({
      reads: [
        { collection: 'clients', id: client },
        { collection: 'users', id },
      ],
      decide(rows) {
        const [row, user] = [rows.get('clients', client), rows.get('users', id)]
        if (!row || !user) throw new Error('they are not there')
        const { knownClientIds: _, ...older } = user
        return {
          writes: [
            { put: 'clients', row: { ...row, knownUserIds: [] } },
            { put: 'users', row: older },
          ],
          result: undefined,
        }
      },
    })
    expect(await isKnown(owner, '198.51.100.1')).toBe(false)
    now += hour
    await owner('/v1/client', {}, 'DELETE')
    expect(await isKnown(owner, '198.51.100.1')).toBe(true)
  })
})

test('an address that was taken off the account since proves nothing any more', async () => {
  await createUser({ email_address: [ada, 'lovelace@example.com'], password: right })
  const owner = browserAt('203.0.113.7')
  expect((await tryPassword(owner, ada, right)).status).toBe(200)
  const addresses = (await owner('/v1/client', {}, 'PUT')).json.response.sessions[0].user.email_addresses
  const thief = browserAt('203.0.113.9')
  const [first, second] = [(await beginSignIn(thief, ada)) ?? '', (await beginSignIn(thief, ada)) ?? '']
  const proof = { strategy: 'reset_password_email_code' }
  await askToReset(thief, first)
  await thief(`${first}/attempt_first_factor`, { ...proof, code: mails.at(-1)?.code ?? '' })
  await askToReset(thief, second)
  expect((await owner(`/v1/me/email_addresses/${addresses[0].id}`, {}, 'DELETE')).status).toBe(200)
  const attempt = { ...proof, code: mails.at(-1)?.code ?? '' }
  expect((await thief(`${second}/attempt_first_factor`, attempt)).code).toBe('form_code_incorrect')
  expect((await thief(`${first}/reset_password`, { password: 'mine from now on' })).status).toBe(404)
  expect((await tryPassword(owner, 'lovelace@example.com', right)).status).toBe(200)
})

test('the name by which somebody signs in is not taken away while it is the last', async () => {
  await createUser({ username: 'ada_lovelace', password: right })
  const browser = browserAt('203.0.113.7')
  await tryPassword(browser, 'ada_lovelace', right)
  expect(await browser('/v1/me', { username: '' }, 'PATCH')).toMatchObject({
    status: 422,
    code: 'last_identification_deletion_failed',
  })
  expect((await browser('/v1/me', { username: 'countess' }, 'PATCH')).status).toBe(200)
})

test('a known device has its own limits, which hold as well', async () => {
  await createUser({ email_address: [ada], password: right })
  const thief = browserAt('203.0.113.7')
  expect((await tryPassword(thief, ada, right)).status).toBe(200)
  const statuses = []
  for (let count = 0; count < 7; count++) statuses.push((await tryPassword(thief, ada, 'a guess')).status)
  expect(statuses).toEqual([422, 422, 422, 422, 422, 429, 429])
})

test('pauses between passwords grow, and Retry-After tells how long they are', async () => {
  await createUser({ username: 'ada_lovelace', password: right })
  const browser = browserAt('203.0.113.7')
  const pauses: number[] = []
  let tried = 0
  while (tried < 31) {
    const { status, retryAfter = 0 } = await tryPassword(browser, 'ada_lovelace', 'not the password')
    if (status === 422) tried++
    else {
      pauses.push(retryAfter)
      now += retryAfter * 1_000 - 1_000
      // Not a second before.
      expect((await tryPassword(browser, 'ada_lovelace', 'not the password')).status).toBe(429)
      now += 1_000
    }
  }
  expect(pauses[0]).toBeLessThanOrEqual(60)
  expect(Math.max(...pauses)).toBeGreaterThan(300)
  // The right one, in time, ends them all.
  now += 2 * hour
  expect((await tryPassword(browser, 'ada_lovelace', right)).status).toBe(200)
  for (let count = 0; count < 5; count++) {
    expect((await tryPassword(browserAt('203.0.113.9'), 'ada_lovelace', 'not the password')).status).toBe(422)
  }
})

test('passwords that are tried all at once are counted before they are looked at', async () => {
  await createUser({ username: 'ada_lovelace', password: right })
  verified = 0
  const triesFrom = async (addresses: number) => {
    const tries = Array.from({ length: 100 }, (_, index) =>
      tryPassword(browserAt(addressOf(index % addresses)), 'ada_lovelace', `guess ${index}`),
    )
    return (await Promise.all(tries)).filter(({ status }) => status === 422).length
  }
  expect(await triesFrom(1)).toBe(5)
  expect(await triesFrom(100)).toBe(45)
  expect(verified).toBe(50)
})

test('one part of the network tries 25 codes in 30 seconds at the most, whatever the accounts', async () => {
  const browser = browserAt('203.0.113.7')
  let through = 0
  for (let account = 0; account < 30; account++) {
    now += 1_000
    const path = await beginSignIn(browser, `user_${account}`)
    if (!path) continue
    await askForCode(browser, path)
    for (let guess = 0; guess < 4; guess++) {
      if ((await tryCode(browser, path, '000000')).code === 'form_code_incorrect') through++
    }
  }
  expect(through).toBe(25)
})

test('codes of sign-ups are counted by the address they go to, over all sign-ups', async () => {
  let tried = 0
  for (let attempt = 0; attempt < 40; attempt++) {
    now += 10_000
    const browser = browserAt(addressOf(attempt))
    const begun = await browser('/v1/client/sign_ups', { email_address: ada })
    const path = `/v1/client/sign_ups/${begun.json.response.id}`
    await browser(`${path}/prepare_verification`, { strategy: 'email_code' })
    for (let code = 0; code < 3; code++) {
      const { code: answer } = await browser(`${path}/attempt_verification`, { strategy: 'email_code', code: '000000' })
      if (answer === 'form_code_incorrect') tried++
    }
  }
  expect([mails.length, tried]).toEqual([20, 50])
})

test('steps of a sign-up that hash a password are limited', async () => {
  const browser = browserAt('203.0.113.7')
  const begun = await browser('/v1/client/sign_ups', { email_address: ada })
  const path = `/v1/client/sign_ups/${begun.json.response.id}`
  const statuses = []
  for (let count = 0; count < 30; count++) {
    statuses.push((await browser(path, { password: `${right} ${count}` }, 'PATCH')).status)
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(19)
  expect(statuses.at(-1)).toBe(429)
})

test('what others try does not push an account’s count out of memory', async () => {
  await createUser({ username: 'ada_lovelace', password: right })
  for (let count = 0; count < 50; count++) await tryPassword(browserAt(addressOf(count)), 'ada_lovelace', 'a guess')
  await Promise.all(
    Array.from({ length: scaled(12_000) }, (_, index) =>
      tryPassword(browserAt(addressOf(index)), `user_${index}`, 'a guess'),
    ),
  )
  expect((await tryPassword(browserAt('203.0.113.8'), 'ada_lovelace', right)).status).toBe(429)
})
