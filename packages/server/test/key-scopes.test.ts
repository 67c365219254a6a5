import { operations, type SecretKeyScope, scopeOf, scopeOfMetadata, secretKeyScopes } from '@acme/schema/wire'
import { beforeEach, expect, test } from 'vitest'
import { digest } from '../src/auth/digest.ts'
import { vouchFor } from '../src/auth/vouched-requests.ts'
import type { Server } from '../src/create-server.ts'
import { instanceId } from '../src/domain/instance-id.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import type { Storage } from '../src/storage/storage.ts'
import { origin, sendBackend, startServer } from './setup.ts'

let storage: Storage
let server: Server
let now: number
let userId: string

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1)
  storage = createMemoryStorage()
  server = await startServer({ storage, clock: () => now })
  const [id = ''] = await server.createUsers([
    { username: 'ada_lovelace', public_metadata: { plan: 'pro' }, private_metadata: { note: 'canary' } },
  ])
  userId = id
})

/** Makes a key of some scopes, as `keys add` does. */
async function addKey(name: string, scopes?: readonly SecretKeyScope[]): Promise<string> {
  const key = `sk_test_${name.replace(/\W/g, '_')}`
  const made = { digest: await digest(key), name, createdAt: now }
  await storage.transact({
    reads: [{ collection: 'instances', id: instanceId }],
    decide(rows) {
      const row = rows.get('instances', instanceId)
      if (!row) throw new Error('no instance')
      const { secretKeyDigests, secretKeyNotes = [] } = row
      const next = {
        ...row,
        secretKeyDigests: [...secretKeyDigests, made.digest],
        secretKeyNotes: [...secretKeyNotes, scopes ? { ...made, scopes } : made],
      }
      return { writes: [{ put: 'instances', row: next }], result: undefined }
    },
  })
  now += 1_000
  return key
}

const ask = (key: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  sendBackend(server, method, path, body, { ...headers, authorization: `Bearer ${key}` })

const isRefused = ({ status, json }: { readonly status: number; readonly json: unknown }) =>
  status === 403 && JSON.stringify(json).includes('insufficient_scope')

test('each operation of the Backend API is open to the scopes that its row names, and to no other', async () => {
  const keys = new Map<SecretKeyScope, string>()
  for (const scope of secretKeyScopes) keys.set(scope, await addKey(scope, [scope]))
  const opens: Record<SecretKeyScope | 'none', readonly SecretKeyScope[]> = {
    read: ['read', 'write'],
    write: ['write'],
    'write:public': ['write', 'write:public'],
    none: ['read', 'write', 'write:public'],
  }
  const backend = operations.filter(({ side }) => side === 'backend')
  expect(backend.length).toBeGreaterThan(40)
  for (const operation of backend) {
    const scope = scopeOf(operation)
    const needed = scope === 'metadata' ? 'write:public' : (scope ?? 'none')
    const path = operation.path.replace(/\{(\w+)\}/g, 'x')
    for (const [held, key] of keys) {
      const body = operation.method === 'get' ? undefined : {}
      const answer = await ask(key, operation.method.toUpperCase(), path, body)
      expect([operation.id, held, isRefused(answer)]).toEqual([operation.id, held, !opens[needed].includes(held)])
    }
  }
})

test('a key that writes public metadata writes no other, and is shown no more than a page is', async () => {
  const key = await addKey('public', ['write:public'])
  const path = `/v1/users/${userId}/metadata`
  for (const method of ['PATCH', 'PUT']) {
    const written = await ask(key, method, path, { public_metadata: { plan: method } })
    expect([written.status, written.json.public_metadata]).toEqual([200, { plan: method }])
    expect(written.text).not.toContain('canary')
    for (const param of ['private_metadata', 'unsafe_metadata']) {
      const refused = await ask(key, method, path, { public_metadata: {}, [param]: {} })
      expect(refused.status).toBe(403)
      expect(refused.json.errors[0]).toMatchObject({ code: 'insufficient_scope', meta: { scope: 'write' } })
    }
  }
  const conflict = await ask(key, 'PATCH', path, { public_metadata: {} }, { 'if-match': '"99"' })
  expect([conflict.status, conflict.text.includes('canary')]).toEqual([412, false])
  const bulk = (update: object) =>
    ask(key, 'PATCH', '/v1/users/metadata', { updates: [{ user_id: userId, ...update }] })
  expect((await bulk({ public_metadata: { plan: 'bulk' } })).status).toBe(200)
  expect((await bulk({ public_metadata: {}, private_metadata: {} })).status).toBe(403)
  const repeated = { 'idempotency-key': 'k1' }
  const first = await ask(key, 'PATCH', path, { public_metadata: { n: 1 } }, repeated)
  const again = await ask(key, 'PATCH', path, { public_metadata: { n: 1 } }, repeated)
  expect([again.status, again.text]).toEqual([200, first.text])
  // With leave to read it sees what any secret key does.
  const both = await addKey('both', ['write:public', 'read'])
  expect((await ask(both, 'PATCH', path, { public_metadata: {} })).text).toContain('canary')
  expect((await ask(both, 'PATCH', path, { private_metadata: {} })).status).toBe(403)
})

test('a key opens no more from the dashboard', async () => {
  const key = await addKey('watching', ['read'])
  const asked = (method: string, path: string, body?: string) => {
    const headers = { 'content-type': 'application/json' }
    return new Request(`${origin}${path}`, { method, headers, ...(body !== undefined && { body }) })
  }
  const keyDigest = await digest(key)
  const requests = [asked('GET', `/v1/users/${userId}`), asked('PATCH', `/v1/users/${userId}`, '{}')]
  for (const request of requests) vouchFor(request, { keyDigest, through: 'dashboard' })
  expect(await Promise.all(requests.map(async (request) => (await server.fetch(request)).status))).toEqual([200, 403])
})

test('what a body asks for is what the most of its kinds need', () => {
  expect(scopeOfMetadata({})).toBe('write:public')
  expect(scopeOfMetadata({ public_metadata: null })).toBe('write:public')
  expect(scopeOfMetadata({ unsafe_metadata: null })).toBe('write')
  expect(scopeOfMetadata({ updates: [{ public_metadata: {} }, { private_metadata: {} }] })).toBe('write')
  expect(scopeOfMetadata({ updates: [{ public_metadata: {} }, null] })).toBe('write:public')
})

test('a key without scopes opens everything', async () => {
  const key = await addKey('all')
  expect((await ask(key, 'GET', `/v1/users/${userId}`)).text).toContain('canary')
  expect((await ask(key, 'PATCH', `/v1/users/${userId}/metadata`, { private_metadata: {} })).status).toBe(200)
  expect((await ask(key, 'DELETE', `/v1/users/${userId}`)).status).toBe(200)
})

test('a path that is written another way opens no more', async () => {
  const key = await addKey('reads', ['read'])
  for (const path of ['/v1/users/', `/v1/users/${userId}/`, `/v1//users/${userId}`, `/v1/users/${userId}%2fban`]) {
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      const { status } = await ask(key, method, path, {})
      expect([path, method, status]).toEqual([
        path,
        method,
        expect.toSatisfy((s: number) => s === 403 || s === 404 || s === 401 || s === 400),
      ])
    }
  }
  expect((await ask(key, 'GET', `/v1/users/${userId}`)).json).toMatchObject({ public_metadata: { plan: 'pro' } })
})

test('when a key was used last is written beside the requests, once a minute', async () => {
  const key = await addKey('billing', ['read'])
  let writes = 0
  const { transact } = storage
  storage.transact = (transaction) =>
    transact({
      ...transaction,
      decide(rows) {
        const decision = transaction.decide(rows)
        for (const write of decision.writes) if ('put' in write && write.put === 'secretKeyUses') writes++
        return decision
      },
    })
  const id = (await digest(key)).slice(0, 12)
  for (const _ of Array.from({ length: 20 })) await ask(key, 'GET', '/v1/users/count')
  expect(await storage.find('secretKeyUses', id)).toEqual({ id, lastUsedAt: now })
  expect(writes).toBe(1)
  // Another process has written it already.
  const other = await startServer({ storage, clock: () => now })
  await sendBackend(other, 'GET', '/v1/users/count', undefined, { authorization: `Bearer ${key}` })
  expect(writes).toBe(1)
  now += 60_000
  await ask(key, 'GET', '/v1/users/count')
  expect(await storage.find('secretKeyUses', id)).toEqual({ id, lastUsedAt: now })
  // Nobody waits for it, and nobody fails by it.
  storage.transact = () => Promise.reject(new Error('down'))
  now += 60_000
  expect((await ask(key, 'GET', '/v1/users/count')).status).toBe(200)
})
