import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createBackend } from '../src/index.ts'

const json = {
  id: 'user_1',
  object: 'user',
  first_name: 'Ada',
  last_name: '',
  email_addresses: [{ id: 'idn_1', email_address: 'a@b.co', verification: { status: 'verified' } }],
  primary_email_address_id: 'idn_1',
  public_metadata: { plan: 'pro', created_at: 5 },
  unsafe_metadata: null,
  private_metadata: { canaryKey: 'canary' },
  created_at: 1_000,
  updated_at: 2_000,
  last_sign_in_at: null,
  something_new: { of_clerk: 1 },
}

async function getUser() {
  const { users } = createBackend<unknown>({
    secretKey: 'sk_test_0123456789',
    apiUrl: 'http://127.0.0.1:1',
    fetch: async () => new Response(JSON.stringify(json), { headers: { 'content-type': 'application/json' } }),
  })
  return users.getUser('user_1')
}

test('a user is read as app code spells it; metadata keeps its own keys', async () => {
  const user = await getUser()
  expect(user).toMatchObject({
    id: 'user_1',
    firstName: 'Ada',
    primaryEmailAddressId: 'idn_1',
    createdAt: new Date(1_000),
    lastSignInAt: null,
  })
  expect(user.publicMetadata).toEqual({ plan: 'pro', created_at: 5 })
  expect(user.unsafeMetadata).toEqual({})
  expect(user.privateMetadata).toEqual({ canaryKey: 'canary' })
  expect(Object.isFrozen(user.publicMetadata)).toBe(true)
})

const sinks: Record<string, (user: object) => unknown> = {
  'JSON.stringify': (user) => JSON.stringify(user),
  'JSON.stringify inside': (user) => JSON.stringify({ props: [user] }),
  spread: (user) => JSON.stringify({ ...user }),
  'Object.assign': (user) => JSON.stringify(Object.assign({}, user)),
  structuredClone: (user) => inspect(structuredClone({ ...user }), { depth: 9, showHidden: true }),
  'structuredClone whole': (user) => {
    try {
      return inspect(structuredClone(user), { depth: 9, showHidden: true })
    } catch (error) {
      return String(error)
    }
  },
  'util.inspect': (user) => inspect(user),
  'util.inspect showHidden': (user) => inspect(user, { showHidden: true, depth: 9 }),
  'util.inspect getters': (user) => inspect(user, { showHidden: true, depth: 9, getters: true }),
  'Object.entries': (user) => JSON.stringify(Object.entries(user)),
  'Reflect.ownKeys': (user) =>
    JSON.stringify(Reflect.ownKeys(user).map((key) => (user as Record<PropertyKey, unknown>)[key])),
  'property descriptors': (user) => inspect(Object.getOwnPropertyDescriptors(user), { depth: 9 }),
  'for-in': (user) => {
    let text = ''
    for (const key in user) text += `${key}=${JSON.stringify((user as Record<string, unknown>)[key])}`
    return text
  },
  'template string': (user) => `${user}`,
  'Response.json': (user) => Response.json(user).text(),
  toClient: (user) => inspect((user as { toClient(): object }).toClient(), { showHidden: true, depth: 9 }),
}

/** What holds private metadata besides a user. */
async function getHistory() {
  const { canaryKey } = json.private_metadata
  const change = { version: 2, private_metadata: { forward: { merge: { canaryKey } }, backward: { replace: {} } } }
  const { users } = createBackend<unknown>({
    secretKey: 'sk_test_0123456789',
    apiUrl: 'http://127.0.0.1:1',
    fetch: async ({ url }) => {
      const body = url.includes('/changes') ? [change] : { version: 1, private_metadata: json.private_metadata }
      return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } })
    },
  })
  const { value: first } = await users.listChanges('user_1').next()
  if (!first) throw new Error('no change was read')
  return { change: first, version: await users.getVersion('user_1', 1) }
}

test.each(Object.entries(sinks))('private metadata does not leave by %s', async (_, sink) => {
  const { change, version } = await getHistory()
  for (const holder of [await getUser(), change, version]) expect(await sink(holder)).not.toContain('canary')
})

test('asked for, private metadata of the past is there', async () => {
  const { change, version } = await getHistory()
  expect(change.privateMetadata?.forward).toEqual({ merge: { canaryKey: 'canary' } })
  expect(change.toJSON({ includePrivate: true }).privateMetadata).toEqual(change.privateMetadata)
  expect(version.privateMetadata).toEqual({ canaryKey: 'canary' })
  expect(version.toJSON({ includePrivate: true }).privateMetadata).toEqual({ canaryKey: 'canary' })
})

test('asked for, the whole user is plain data', async () => {
  const user = await getUser()
  expect(user.toJSON({ includePrivate: true }).privateMetadata).toEqual({ canaryKey: 'canary' })
  expect(Object.getPrototypeOf(user.toClient())).toBe(Object.prototype)
  expect(user.toClient()).not.toHaveProperty('privateMetadata')
})
