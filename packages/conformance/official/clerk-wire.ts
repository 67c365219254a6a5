import { createBackend } from '@acme/backend'
import { createFrontend, fetchWithoutCookies } from '@acme/frontend'
import type { JsonObject, JsonValue } from '@acme/schema'
import { describe, expect, test } from 'vitest'
import { newName } from '../targets.ts'
import type { World } from './world.ts'

const password = 'correct horse battery'

/** What Clerk may leave out of a user, or leave null. */
const leftOut = ['version', 'timezone', 'locale', 'image_url', 'mfa_enabled_at', 'passkeys', 'delete_self_enabled']

/**
 * A way to the server on which nothing tells that it is ours: no header, no version, members nobody has heard of,
 * members left out, and metadata among other fields refused whatever the version.
 */
function asClerk(fetch: (request: Request) => Promise<Response>) {
  const asked: string[] = []
  async function send(request: Request): Promise<Response> {
    const url = new URL(request.url)
    const body = await request.clone().text()
    asked.push(`${url.searchParams.get('_method') ?? request.method} ${url.pathname}`)
    if (/^\/v1\/(me|users\/\w+)$/.test(url.pathname) && body.includes('metadata')) {
      const item = { code: 'form_param_deprecated', message: 'is deprecated', long_message: 'is deprecated', meta: {} }
      return Response.json({ errors: [item], clerk_trace_id: 'x' }, { status: 422 })
    }
    const response = await fetch(request)
    const headers = new Headers(response.headers)
    for (const name of ['acme-version', 'etag']) headers.delete(name)
    return new Response(JSON.stringify(change(await response.json())), { status: response.status, headers })
  }
  return { send, asked }
}

function change(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(change)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value as JsonObject)
    .filter(([name]) => !leftOut.includes(name))
    // Not into metadata, which is the app's.
    .map(([name, member]) => [name, name.endsWith('_metadata') ? orNull(member) : change(member as JsonValue)])
  return { ...Object.fromEntries(entries), nobody_knows: { this: ['member'] } }
}

/** Empty metadata comes as null where Clerk has never stored any. */
function orNull(metadata: unknown): JsonValue {
  return Object.keys(metadata as object).length === 0 ? null : (metadata as JsonValue)
}

/** Our clients where the server is Clerk's. */
export function clerkWire(world: () => World): void {
  describe('our own clients, on a wire without our additions', () => {
    test('the backend sets names and metadata by their own endpoints, and reads what it does not know', async () => {
      const { place } = world()
      const { send, asked } = asClerk((request) => fetch(request))
      const { users } = createBackend<unknown>({ secretKey: place.secretKey, apiUrl: place.url, fetch: send })
      const { id } = await users.createUser({ username: newName(), publicMetadata: { a: 1 } })
      asked.length = 0
      const user = await users.updateUser(id, {
        firstName: 'Ada',
        publicMetadata: { n: null },
        privateMetadata: { b: 1 },
      })
      expect(asked).toEqual([`PATCH /v1/users/${id}`, `PUT /v1/users/${id}/metadata`])
      expect(user).toMatchObject({ firstName: 'Ada', publicMetadata: { n: null }, unsafeMetadata: {} })
      expect(user.privateMetadata).toEqual({ b: 1 })
      expect(user.version).toBeUndefined()
      expect(user.createdAt).toBeInstanceOf(Date)
      expect((await users.getUserList({ username: [`${user.username}`] })).data[0]?.id).toBe(id)
      await expect(users.modifyUserMetadata(id, () => ({}))).rejects.toMatchObject({ code: 'version_missing' })
    })

    test('a list may come as a page', async () => {
      const { place } = world()
      const username = newName()
      const asPage = async (request: Request) => {
        const response = await fetch(request)
        if (new URL(request.url).pathname !== '/v1/users' || request.method !== 'GET') return response
        return Response.json({ data: await response.json(), total_count: 1 })
      }
      const { users } = createBackend<unknown>({ secretKey: place.secretKey, apiUrl: place.url, fetch: asPage })
      await users.createUser({ username })
      expect((await users.getUserList({ username: [username] })).data[0]?.username).toBe(username)
    })

    test('the frontend sets metadata by the difference to what is stored', async () => {
      const { place } = world()
      const { send, asked } = asClerk((request) => fetch(request))
      const kept = { token: null as string | null }
      const store = { get: () => kept.token, set: (token: string) => Object.assign(kept, { token }) && undefined }
      const acme = createFrontend<unknown>({
        publishableKey: place.publishableKey,
        fetch: fetchWithoutCookies(store, send),
      })
      await acme.load()
      await acme.signUp.create({
        username: newName(),
        password,
        unsafeMetadata: { keep: 1, deep: { x: 1, y: 2 }, gone: 1 },
      })
      asked.length = 0
      const user = await acme.user?.update({
        firstName: 'Ada',
        unsafeMetadata: { keep: 1, deep: { y: 3 }, 字: [null] },
      })
      expect(asked).toEqual(['PATCH /v1/me', 'GET /v1/me', 'PATCH /v1/me/metadata'])
      expect(user).toMatchObject({ firstName: 'Ada', publicMetadata: {} })
      expect(user?.unsafeMetadata).toEqual({ keep: 1, deep: { y: 3 }, 字: [null] })
      expect(acme.user).toBe(user)
      await expect(acme.user?.update({ unsafeMetadata: { n: null } })).rejects.toMatchObject({
        code: 'form_param_value_invalid',
        issues: [{ path: ['n'] }],
      })
      expect((await acme.user?.update({ unsafeMetadata: {} }))?.unsafeMetadata).toEqual({})
      expect((await acme.user?.updateMetadata({ unsafeMetadata: { a: 1 } }))?.unsafeMetadata).toEqual({ a: 1 })
      expect(await acme.session?.getToken()).toMatch(/^ey/)
    })
  })
}
