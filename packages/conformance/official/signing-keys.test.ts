import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createBackend } from '@acme/backend'
import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer, type Storage } from '@acme/server'
import { serve } from '@acme/server/node'
import { createPostgresStorage } from '@acme/server/postgres'
import { createSqliteStorage } from '@acme/server/sqlite'
import { verifyToken } from '@clerk/backend'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { newDatabase } from '../new-database.ts'
import { secretKey } from '../place.ts'

/** Two storages over one database, as two processes have them. */
const pairs: Record<string, () => Promise<readonly [Storage, Storage]>> = {
  SQLite: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'acme-signing-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const open = () => createSqliteStorage({ database: new DatabaseSync(join(directory, 'acme.db')) })
    return [open(), open()]
  },
  PostgreSQL: async () => {
    const { url, drop } = await newDatabase()
    onTestFinished(drop)
    return [await createPostgresStorage({ url }), await createPostgresStorage({ url })]
  },
}

async function startBoth(name: string) {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const storages = await (pairs[name] as (typeof pairs)[string])()
  const publishableKey = formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:8787' })
  const start = async (storage: Storage) => {
    const server = await createServer({
      storage,
      publishableKey,
      secretKeys: [secretKey],
      passwords: createPbkdf2Passwords({ iterations: 1 }),
      rateLimit: false,
      clock: () => Date.now(),
    })
    const { url, close } = await serve({ fetch: server.fetch })
    onTestFinished(async () => {
      await close()
      await server.close()
    })
    return { ...server, url }
  }
  const [one, other] = [await start(storages[0]), await start(storages[1])]
  const [userId = ''] = await one.createUsers([{ username: 'ada_lovelace' }])
  const client = await one.signIn(userId)
  /** The token that a page gets of one of them. */
  const tokenOf = async ({ url }: typeof one) => {
    const asked = await fetch(`${url}/v1/client?_is_native=1`, {
      headers: { authorization: client, host: '127.0.0.1:8787' },
    })
    const { response } = (await asked.json()) as { response: { sessions: { last_active_token: { jwt: string } }[] } }
    expect(response.sessions).toHaveLength(1)
    return `${response.sessions[0]?.last_active_token.jwt}`
  }
  const kids = async ({ url }: typeof one) => {
    const { keys } = (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
    for (const key of keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
    return keys.map(({ kid }) => kid)
  }
  return { one, other, userId, tokenOf, kids }
}

/** Those who verify tokens, each with keys of its own that it keeps. */
function judgesOf(url: string): Record<string, (token: string) => Promise<string | undefined>> {
  const ours = createBackend({ secretKey, apiUrl: url }).tokens
  const jwks = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`))
  return {
    '@acme/backend': async (token) => (await ours.verify(token)).userId,
    '@clerk/backend': async (token) => (await verifyToken(token, { secretKey, apiUrl: url })).sub,
    jose: async (token) => (await jwtVerify(token, jwks)).payload.sub,
  }
}

const later = (milliseconds: number) => void vi.setSystemTime(Date.now() + milliseconds)
const kidOf = (token: string) => decodeProtectedHeader(token).kid

describe.each(Object.keys(pairs))('on %s', (name) => {
  test('a rotated signing key breaks no session', async () => {
    const { one, other, userId, tokenOf, kids } = await startBoth(name)
    const judges = Object.values(judgesOf(other.url))
    const verdicts = async (token: string) => [...new Set(await Promise.all(judges.map((judge) => judge(token))))]
    const before = await tokenOf(other)
    // Everybody has the keys by now, and keeps them.
    expect(await verdicts(before)).toEqual([userId])

    await one.rotateSigningKey({ lead: 45_000 })
    later(50)
    const [first, second] = await kids(other)
    expect([first, await kids(one)]).toEqual([kidOf(before), [first, second]])
    later(40_000)
    // Published, and not in use yet.
    const between = await tokenOf(other)
    expect([kidOf(await tokenOf(one)), kidOf(between)]).toEqual([first, first])
    later(5_500)
    const after = await Promise.all([tokenOf(one), tokenOf(other)])
    expect(after.map(kidOf)).toEqual([second, second])
    for (const token of [...after, before, between]) expect(await verdicts(token)).toEqual([userId])

    // What the old key has signed is good until it ends, for whoever asks for the keys only now.
    const late = Object.values(judgesOf(one.url))
    expect(await Promise.all(late.map((judge) => judge(between)))).toEqual([userId, userId, userId])
    later(86_400_000 - 6_000)
    expect(await kids(other)).toEqual([first, second])
    later(6_000)
    expect([await kids(one), await kids(other)]).toEqual([[second], [second]])
    expect(await verdicts(await tokenOf(other))).toEqual([userId])
  })

  test('a signing key that got out is good for nothing within a second', async () => {
    const { one, other, userId, tokenOf, kids } = await startBoth(name)
    const stolen = await tokenOf(other)
    await one.rotateSigningKey({ dropsOld: true })
    later(1_000)
    const fresh = await tokenOf(other)
    expect(await kids(other)).toEqual([kidOf(fresh)])
    expect(kidOf(fresh)).not.toBe(kidOf(stolen))
    for (const judge of Object.values(judgesOf(other.url))) {
      expect(await judge(fresh)).toBe(userId)
      await expect(judge(stolen)).rejects.toThrow()
    }
  })
})

test('a page that nobody is signed in on stays the same client over a rotation', async () => {
  const { one, other } = await startBoth('SQLite')
  const visit = async ({ url }: typeof one, cookie = '') => {
    const headers = { cookie, origin: url, host: new URL(url).host }
    const reply = await fetch(`${url}/v1/client`, { method: cookie ? 'GET' : 'PUT', headers })
    const { response } = (await reply.json()) as { response: { id: string } | null }
    return { id: response?.id, cookie: reply.headers.get('set-cookie')?.split(';')[0] }
  }
  const { id, cookie } = await visit(one)
  expect(id).toMatch(/^client_/)
  await one.rotateSigningKey({ lead: 0 })
  later(500)
  expect(await visit(other, cookie)).toMatchObject({ id })
})

test('tokens live as long as their template says, and so does the key that signed them', async () => {
  const { one, kids } = await startBoth('SQLite')
  const made = await fetch(`${one.url}/v1/jwt_templates`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'long', claims: {}, lifetime: 604_800 }),
  })
  expect(made.status).toBe(200)
  await one.rotateSigningKey({ lead: 0 })
  later(604_800_000)
  expect(await kids(one)).toHaveLength(2)
  later(6_000)
  expect(await kids(one)).toHaveLength(1)
})
