import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import type { Derivations } from '../src/auth/foreign-hashes/derivations.ts'
import { readForeignHash } from '../src/auth/foreign-hashes/foreign-hash.ts'
import { readPasswordDigest, readSelfDescribingDigest } from '../src/auth/foreign-hashes/password-digest.ts'
import { portableDerivations } from '../src/auth/foreign-hashes/portable-derivations.ts'
import { createPbkdf2Passwords } from '../src/index.ts'
import { deriveInWorker } from '../src/node/derive-worker.ts'
import { createScryptPasswords } from '../src/node/scrypt-passwords.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { newBrowser, sendBackend, startServer } from './setup.ts'

const firebase = {
  hash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  salt: '42xEC+ixf3L2lw==',
  signer: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
}

/** Published vectors: of Openwall's bcrypt, of the reference Argon2, of RFC 7914, and of Firebase's own program. */
const vectors: readonly (readonly [hasher: string, password: string, digest: string])[] = [
  ['bcrypt', 'U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['argon2i', 'password', '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA'],
  ['argon2id', 'password', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
  [
    'scrypt_werkzeug',
    'pleaseletmein',
    'scrypt:16384:8:1$SodiumChloride$7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
      'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
  ],
  ['scrypt_firebase', 'user1password', `${firebase.hash}$${firebase.salt}$${firebase.signer}$Bw==$8$14`],
]

const derivations: Record<string, Derivations> = {
  portable: portableDerivations,
  native: createScryptPasswords().derivations as Derivations,
}

function hashOf(hasher: string, digest: string): string {
  const reading = readPasswordDigest(hasher, digest)
  if (!('hash' in reading)) throw new Error(reading.refusal.message)
  return reading.hash
}

describe.each(vectors)('%s', (hasher, password, digest) => {
  test.each(Object.entries(derivations))('is verified as published by what is %s', async (_, derive) => {
    expect(await readForeignHash(hashOf(hasher, digest))?.verify(password, derive)).toBe(true)
  })

  test('signs in once, and the house has its own hash from then on', async () => {
    const storage = createSqliteStorage({ database: new DatabaseSync(':memory:') })
    const passwords = { ...createPbkdf2Passwords({ iterations: 1 }), derivations: derivations['native'] }
    const server = await startServer({ storage, passwords })
    const body = { username: 'ada', password_digest: digest, password_hasher: hasher }
    const { json: user } = await sendBackend(server, 'POST', '/v1/users', body)
    expect(user).toMatchObject({ password_enabled: true })
    const kept = async () => (await storage.find('users', user.id))?.passwordHash
    const foreign = await kept()
    const signIn = async (text: string) => {
      const form = { strategy: 'password', identifier: 'ada', password: text }
      return (await newBrowser(server).send('POST', '/v1/client/sign_ins', form)).status
    }
    expect(await signIn(`${password}x`)).toBe(422)
    expect(await kept()).toBe(foreign)
    const path = `/v1/users/${user.id}/verify_password`
    expect((await sendBackend(server, 'POST', path, { password })).status).toBe(200)
    expect(await signIn(password)).toBe(200)
    expect(await kept()).toMatch(/^\$pbkdf2-sha256\$i=1\$/)
    expect(await signIn(password)).toBe(200)
    expect(await signIn(`${password}x`)).toBe(422)
    await server.close()
  })
})

test('a server that computes by the Web platform alone knows the hashes of one that runs on Node', async () => {
  const hash = await createScryptPasswords().hash('correct horse battery')
  const server = await startServer()
  const reading = readSelfDescribingDigest(hash)
  expect(reading).toEqual({ hash })
  expect(await readForeignHash(hash)?.verify('correct horse battery', portableDerivations)).toBe(true)
  await server.close()
})

test('Argon2 is computed in a thread of its own where Node has none', async () => {
  const parameters = { variant: 'argon2id', memory: 1_024, passes: 1, parallelism: 2, length: 32 } as const
  const salt = new TextEncoder().encode('somesalt')
  const expected = await portableDerivations.argon2('password', { ...parameters, salt })
  expect(
    Buffer.from(await deriveInWorker('argon2', { password: 'password', parameters: { ...parameters, salt } })),
  ).toEqual(Buffer.from(expected))
})

test('what costs more than a try may cost is refused by its name, and never computed', async () => {
  const tail = '$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  const costly: [string, string, RegExp][] = [
    ['bcrypt', '$2b$14$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', /bcrypt of cost 14/],
    ['bcrypt', '$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', /bcrypt of cost 31/],
    ['argon2id', `$argon2id$v=19$m=262144,t=1,p=1${tail}`, /m=262144/],
    ['argon2id', `$argon2id$v=19$m=65536,t=7,p=1${tail}`, /t=7/],
    ['argon2id', `$argon2id$v=19$m=65536,t=1,p=17${tail}`, /p=17/],
    ['scrypt_firebase', `${firebase.hash}$${firebase.salt}$${firebase.signer}$Bw==$8$20`, /N=1048576/],
    ['scrypt_werkzeug', `scrypt:32768:8:64$salt$${'ab'.repeat(64)}`, /p=64/],
  ]
  const server = await startServer()
  for (const [hasher, digest, words] of costly) {
    const body = { username: 'eve', password_digest: digest, password_hasher: hasher }
    const { status, json, text } = await sendBackend(server, 'POST', '/v1/users', body)
    expect([status, json.errors[0].code]).toEqual([422, 'form_password_digest_invalid'])
    expect(json.errors[0].long_message).toMatch(words)
    expect(text).not.toContain(digest)
  }
  const never: Derivations = {
    bcrypt: () => Promise.reject(new Error('computed')),
    argon2: () => Promise.reject(new Error('computed')),
    scrypt: () => Promise.reject(new Error('computed')),
  }
  const { withForeignHashes } = await import('../src/auth/foreign-hashes/foreign-passwords.ts')
  const passwords = withForeignHashes({ ...createPbkdf2Passwords({ iterations: 1 }), derivations: never })
  expect(await passwords.verify('x', '$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')).toBe(false)
  await server.close()
})

test('an unknown hasher, a digest of another form and half a pair are refused by name', async () => {
  const server = await startServer()
  const post = async (body: object) =>
    (await sendBackend(server, 'POST', '/v1/users', { username: 'eve', ...body })).json.errors[0]
  expect(await post({ password_digest: 'x', password_hasher: 'md5' })).toMatchObject({
    code: 'form_param_value_invalid',
    meta: { param_name: 'password_hasher' },
    long_message: expect.stringContaining('bcrypt, argon2i, argon2id'),
  })
  for (const hasher of ['bcrypt', 'argon2i', 'argon2id', 'scrypt_firebase', 'scrypt_werkzeug']) {
    for (const digest of [
      '',
      '$2b$',
      'a$b$c$d$8$14',
      '$argon2d$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHQ',
      'scrypt:3:8:1$a$00',
    ])
      expect(await post({ password_digest: digest, password_hasher: hasher })).toMatchObject({
        code: 'form_password_digest_invalid',
      })
  }
  expect(await post({ password_digest: 'x' })).toMatchObject({ code: 'form_param_missing' })
  expect(await post({ password_hasher: 'bcrypt' })).toMatchObject({ code: 'form_param_missing' })
  const both = { password: 'correct horse battery', password_digest: vectors[0]?.[2], password_hasher: 'bcrypt' }
  expect(await post(both)).toMatchObject({ code: 'form_param_value_invalid' })
  await server.close()
})

test('a wrong password at a foreign hash takes the hash of the house as well, so that it is no sooner refused', async () => {
  const { withForeignHashes } = await import('../src/auth/foreign-hashes/foreign-passwords.ts')
  let hashed = 0
  const own = createPbkdf2Passwords({ iterations: 1 })
  const hash = (password: string) => {
    hashed++
    return own.hash(password)
  }
  const passwords = withForeignHashes({ ...own, hash })
  expect(await passwords.verify('wrong', vectors[0]?.[2] ?? '')).toBe(false)
  expect(hashed).toBe(1)
  const house = await own.hash('right')
  expect(await passwords.verify('right', house)).toBe(true)
  expect(hashed).toBe(1)
})
