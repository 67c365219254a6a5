import { kinds, metadataField, metadataLimit } from '@acme/schema'
import type { Page } from 'playwright'
import { beforeAll, describe, expect, test } from 'vitest'
import { newName, ofBytes } from '../targets.ts'
import { clerkBackend, ownBackend } from './backend-clients.ts'
import { drive } from './browser.ts'
import { type BackendClient, done, type PageClient, refusalOf } from './clients.ts'
import type { World } from './world.ts'

const password = 'correct horse battery'
/** The same assertions for the clients that are ours and for Clerk's own, against one server over HTTP. */
export function bothClients(world: () => World): void {
  describe.each([
    ['own', ownBackend],
    ['official', clerkBackend],
  ] as const)('%s clients', (name, createClient) => {
    let backend: BackendClient
    beforeAll(() => {
      backend = createClient(world().place)
    })

    async function openPage(): Promise<{ readonly page: Page; readonly client: PageClient }> {
      const page = await world().pages.open()
      const client = await drive(page, name, world().place)
      done(await client.load())
      return { page, client }
    }

    async function signUp(unsafeMetadata = {}) {
      const { page, client } = await openPage()
      const username = newName()
      const shown = done(await client.signUp({ username, password, unsafeMetadata }))
      return { page, client, username, userId: `${shown.userId}` }
    }

    describe('on the server', () => {
      test('a user is created, read, changed, listed, counted and deleted', async () => {
        const mark = newName()
        const given = {
          username: `${mark}_1`,
          firstName: 'Ada',
          externalId: mark,
          publicMetadata: { camelCase: { a_b: 1 } },
        }
        const { id } = done(await backend.createUser({ ...given, emailAddress: [`${mark}@example.com`], password }))
        expect(done(await backend.getUser(id))).toMatchObject({ ...given, privateMetadata: {}, unsafeMetadata: {} })
        for (const index of [2, 3]) done(await backend.createUser({ username: `${mark}_${index}` }))
        const list = (query: object) => backend.listUsers({ query: mark, ...query })
        expect(done(await list({ orderBy: '-username', limit: 2, offset: 1 }))).toEqual({
          usernames: [`${mark}_2`, `${mark}_1`],
          total: 3,
        })
        expect(done(await backend.listUsers({ username: [`${mark}_3`, 'nobody_at_all'] })).usernames).toEqual([
          `${mark}_3`,
        ])
        expect(done(await backend.getCount({ query: mark }))).toBe(3)
        const renamed = done(
          await backend.updateUser(id, { firstName: null, lastName: 'Lovelace', username: `${mark}_0` }),
        )
        expect(renamed).toMatchObject({ firstName: null, username: `${mark}_0`, publicMetadata: given.publicMetadata })
        done(await backend.deleteUser(id))
        expect(refusalOf(await backend.getUser(id))).toMatchObject({ status: 404, code: 'resource_not_found' })
        expect(done(await backend.getCount({ query: mark }))).toBe(2)
      })

      test.each(kinds)('%s metadata is merged deeply, null deletes, arrays are replaced whole', async (kind) => {
        const field = metadataField(kind)
        const before = { keep: 1, deep: { keep: [1, 2], drop: true, change: 'a' }, list: [1, { a: 1 }], gone: 1 }
        const { id } = done(await backend.createUser({ username: newName(), [field]: before }))
        const patch = { deep: { drop: null, change: 'b', add: {} }, list: [3], gone: null, InnerKey: { snake_key: 1 } }
        const merged = done(await backend.updateUserMetadata(id, { [field]: patch }))
        const after = { keep: 1, deep: { keep: [1, 2], change: 'b', add: {} }, list: [3], InnerKey: { snake_key: 1 } }
        expect(merged[field]).toEqual(after)
        expect(done(await backend.getUser(id))[field]).toEqual(after)
        expect(done(await backend.updateUserMetadata(id, {}))[field]).toEqual(after)
      })

      test.each(kinds)('%s metadata is replaced as it is given, nulls included; the others stay', async (kind) => {
        const all = { publicMetadata: { a: 1 }, privateMetadata: { a: 1 }, unsafeMetadata: { a: 1 } }
        const { id } = done(await backend.createUser({ username: newName(), ...all }))
        const value = { n: null, deep: { n: null } }
        const expected = { ...all, [metadataField(kind)]: value }
        expect(done(await backend.replaceUserMetadata(id, { [metadataField(kind)]: value }))).toMatchObject(expected)
        const set = done(await backend.updateUser(id, { firstName: 'Bea', [metadataField(kind)]: {} }))
        expect(set).toMatchObject({ firstName: 'Bea', [metadataField(kind)]: {} })
        expect(set[metadataField(kind)]).toEqual({})
      })

      test('a merge beyond the limit, a name that is taken, a user who is not there and a wrong key are told alike', async () => {
        const username = newName()
        const { id } = done(await backend.createUser({ username, publicMetadata: ofBytes(metadataLimit) }))
        expect(refusalOf(await backend.updateUserMetadata(id, { publicMetadata: { b: 1 } }))).toEqual({
          status: 422,
          code: 'form_param_exceeds_allowed_size',
          param: 'public_metadata',
        })
        expect(done(await backend.getUser(id)).publicMetadata).toEqual(ofBytes(metadataLimit))
        expect(refusalOf(await backend.createUser({ username: username.toUpperCase() }))).toEqual({
          status: 422,
          code: 'form_identifier_exists',
          param: 'username',
        })
        const nobody = 'user_nobody'
        for (const call of [
          backend.getUser(nobody),
          backend.updateUser(nobody, { firstName: 'x' }),
          backend.updateUserMetadata(nobody, { publicMetadata: { a: 1 } }),
          backend.replaceUserMetadata(nobody, { publicMetadata: { a: 1 } }),
          backend.deleteUser(nobody),
        ]) {
          expect(refusalOf(await call)).toEqual({ status: 404, code: 'resource_not_found', param: undefined })
        }
        const stranger = backend.withKey('sk_test_somebody_else')
        expect(refusalOf(await stranger.getUser(id))).toMatchObject({ status: 401, code: 'clerk_key_invalid' })
      })

      test('changes that arrive together all survive', async () => {
        const { id } = done(await backend.createUser({ username: newName() }))
        const keys = Array.from({ length: 10 }, (_, index) => `k${index}`)
        await Promise.all(keys.map((key) => backend.updateUserMetadata(id, { publicMetadata: { [key]: true } })))
        expect(Object.keys(done(await backend.getUser(id)).publicMetadata as object).sort()).toEqual(keys)
      })
    })

    describe('in chromium', () => {
      test('a sign-up by e-mail code hands its unsafe metadata to the user', async () => {
        const { client } = await openPage()
        const emailAddress = `${newName()}@example.com`
        const begun = done(
          await client.signUp({ emailAddress, password, unsafeMetadata: { referrer: 'ad-7', 字: ['é😀&=+%'] } }),
        )
        expect(begun.userId).toBeNull()
        expect(refusalOf(await client.verifyEmailAddress('000000'))).toEqual({
          status: 422,
          code: 'form_code_incorrect',
          param: 'code',
        })
        const { userId, unsafeMetadata } = done(await client.verifyEmailAddress('424242'))
        expect(unsafeMetadata).toEqual({ referrer: 'ad-7', 字: ['é😀&=+%'] })
        expect(done(await backend.getUser(`${userId}`))).toMatchObject({ unsafeMetadata, publicMetadata: {} })
      })

      test('a session outlives the page, is left, and begun again by password and by code', async () => {
        const { page, client, username, userId } = await signUp()
        await page.reload()
        const again = await drive(page, name, world().place)
        expect(done(await again.load()).userId).toBe(userId)
        expect(await backend.verify(done(await again.getToken()))).toBe(userId)
        expect(done(await again.signOut()).userId).toBeNull()
        await page.reload()
        const later = await drive(page, name, world().place)
        expect(done(await later.load()).userId).toBeNull()
        expect(refusalOf(await later.signIn(username, 'not the password'))).toEqual({
          status: 422,
          code: 'form_password_incorrect',
          param: 'password',
        })
        expect(done(await later.signIn(username, password)).userId).toBe(userId)
        expect(client).toBeDefined()

        const emailAddress = `${newName()}@example.com`
        const { id } = done(await backend.createUser({ emailAddress: [emailAddress] }))
        const { client: other } = await openPage()
        expect(done(await other.signInByCode(emailAddress, '424242')).userId).toBe(id)
      })

      test('unsafe metadata is set and merged, public metadata is read, private metadata is nowhere', async () => {
        const { client, userId } = await signUp({ a: 1, deep: { x: 1 } })
        done(
          await backend.updateUserMetadata(userId, {
            publicMetadata: { plan: 'pro' },
            privateMetadata: { canary: 'seen' },
          }),
        )
        const reloaded = done(await client.reload())
        expect(reloaded).toMatchObject({ publicMetadata: { plan: 'pro' }, unsafeMetadata: { a: 1, deep: { x: 1 } } })
        expect(reloaded.all).not.toContain('canary')
        const set = done(await client.update({ firstName: 'Ada', unsafeMetadata: { b: { c: [1] } } }))
        expect(set).toMatchObject({ firstName: 'Ada', unsafeMetadata: { b: { c: [1] } } })
        expect(set.unsafeMetadata).toEqual({ b: { c: [1] } })
        const merged = done(await client.updateMetadata({ unsafeMetadata: { b: { c: null, d: [2] }, 'k,ey': 'a,b' } }))
        expect(merged.unsafeMetadata).toEqual({ b: { d: [2] }, 'k,ey': 'a,b' })
        expect(done(await client.update({ unsafeMetadata: {} })).unsafeMetadata).toEqual({})
        expect(done(await backend.getUser(userId))).toMatchObject({ unsafeMetadata: {}, firstName: 'Ada' })
      })

      test('public metadata cannot be written, nor unsafe metadata beyond the limit, nor another’s name taken', async () => {
        const { client, userId } = await signUp(ofBytes(metadataLimit))
        const forbidden = { status: 422, code: 'form_param_unknown', param: 'public_metadata' }
        expect(refusalOf(await client.update({ publicMetadata: { plan: 'pro' } }))).toEqual(forbidden)
        const { client: visitor } = await openPage()
        const username = newName()
        expect(refusalOf(await visitor.signUp({ username, password, publicMetadata: { plan: 'pro' } }))).toEqual(
          forbidden,
        )
        expect(refusalOf(await client.updateMetadata({ unsafeMetadata: { b: 1 } }))).toEqual({
          status: 422,
          code: 'form_param_exceeds_allowed_size',
          param: 'unsafe_metadata',
        })
        done(await backend.createUser({ username }))
        expect(refusalOf(await client.update({ username }))).toEqual({
          status: 422,
          code: 'form_identifier_exists',
          param: 'username',
        })
        const stored = done(await backend.getUser(userId))
        expect(stored).toMatchObject({ publicMetadata: {}, unsafeMetadata: ofBytes(metadataLimit) })
      })

      test('a session that the server has ended is told as such', async () => {
        const { client, userId } = await signUp()
        await fetch(`${world().place.url}/v1/users/${userId}/ban`, {
          method: 'POST',
          headers: { authorization: `Bearer ${world().place.secretKey}` },
        })
        expect(refusalOf(await client.updateMetadata({ unsafeMetadata: { a: 1 } }))).toMatchObject({
          status: 401,
          code: 'signed_out',
        })
        expect(done(await backend.getUser(userId)).unsafeMetadata).toEqual({})
      })

      test('who deletes their account is gone', async () => {
        const { client, userId } = await signUp()
        done(await client.deleteUser())
        expect(refusalOf(await backend.getUser(userId))).toMatchObject({ status: 404, code: 'resource_not_found' })
      })
    })
  })
}
