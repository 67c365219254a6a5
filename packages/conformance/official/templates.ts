import { createClerkClient, verifyToken } from '@clerk/backend'
import { describe, expect, test } from 'vitest'
import { newName } from '../targets.ts'
import { createWire } from '../wire.ts'
import { drive } from './browser.ts'
import { done } from './clients.ts'
import type { World } from './world.ts'

const password = 'correct horse battery'

/** What a token says. */
function read(jwt: unknown) {
  return JSON.parse(Buffer.from(`${jwt}`.split('.')[1] ?? '', 'base64url').toString())
}

/** Tokens by templates, and what session tokens say of metadata, by Clerk's clients. */
export function templates(world: () => World): void {
  describe('tokens of Clerk’s clients', () => {
    const createClerk = () => {
      const { secretKey, publishableKey, url: apiUrl } = world().place
      return createClerkClient({ secretKey, publishableKey, apiUrl, telemetry: { disabled: true } })
    }

    test('@clerk/backend keeps templates and makes tokens by them', async () => {
      const clerk = createClerk()
      const claims = { plan: '{{user.public_metadata.plan}}', org: '{{org.id}}' }
      const name = newName()
      const made = await clerk.jwtTemplates.create({ name, claims, lifetime: 120 })
      expect(made).toMatchObject({ name, claims, lifetime: 120, allowedClockSkew: 5, customSigningKey: false })
      expect(await clerk.jwtTemplates.get(made.id)).toMatchObject({ id: made.id, signingAlgorithm: 'RS256' })
      const changed = await clerk.jwtTemplates.update({ templateId: made.id, name, claims: { ...claims, more: 1 } })
      expect(changed.claims).toEqual({ ...claims, more: 1 })
      const { data, totalCount } = await clerk.jwtTemplates.list()
      expect([totalCount, data.find(({ id }) => id === made.id)?.name]).toEqual([data.length, name])
      const { id } = await clerk.users.createUser({ username: newName(), publicMetadata: { plan: 'pro' } })
      const session = await clerk.sessions.createSession({ userId: id })
      const { jwt } = await clerk.sessions.getToken(session.id, name)
      expect(read(jwt)).toMatchObject({ sub: id, plan: 'pro', org: null, more: 1 })
      // A token for others is nobody's session.
      const { secretKey, url: apiUrl } = world().place
      await expect(verifyToken(jwt, { secretKey, apiUrl })).resolves.not.toHaveProperty('sid')
      expect(await clerk.jwtTemplates.delete(made.id)).toMatchObject({ id: made.id, deleted: true })
      await expect(clerk.sessions.getToken(session.id, name)).rejects.toMatchObject({ status: 404 })
      await expect(
        clerk.jwtTemplates.create({ name, claims, customSigningKey: true, signingAlgorithm: 'HS256', signingKey: 'x' }),
      ).rejects.toMatchObject({ status: 422, errors: [{ meta: { paramName: 'custom_signing_key' } }] })
    })

    test('clerk-js gets tokens by a template, and session tokens that follow the metadata', async () => {
      const clerk = createClerk()
      const wire = createWire(world().place)
      const schemas = { unsafe: { properties: { theme: { enum: ['light', 'dark'] }, deep: {} } } }
      const options = { options: { claims: { theme: 'unsafe.theme' } } }
      expect((await wire.backend('PUT', '/v1/metadata_schemas', { schemas, ...options, force: true })).status).toBe(200)
      const name = newName()
      const template = await clerk.jwtTemplates.create({ name, claims: { theme: '{{user.unsafe_metadata.theme}}' } })
      const page = await world().pages.open()
      const client = await drive(page, 'official', world().place)
      done(await client.load())
      const { userId } = done(
        await client.signUp({ username: newName(), password, unsafeMetadata: { theme: 'light' } }),
      )
      const byTemplate = (options = '') =>
        page.evaluate(`globalThis.clerk.session.getToken({ template: '${name}'${options} })`)
      expect(read(await byTemplate())).toMatchObject({ sub: userId, azp: new URL(page.url()).origin, theme: 'light' })
      expect(read(done(await client.getToken()))).toMatchObject({ sub: userId, theme: 'light' })
      // A token of the next second is another one.
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      done(await client.update({ unsafeMetadata: { theme: 'dark' } }))
      expect(read(done(await client.getToken()))).toMatchObject({ theme: 'dark' })
      expect(read(await byTemplate(', skipCache: true'))).toMatchObject({ theme: 'dark' })
      await clerk.jwtTemplates.delete(template.id)
      const refused = await page.evaluate(
        `globalThis.clerk.session.getToken({ template: '${name}', skipCache: true }).catch(({ status }) => status)`,
      )
      expect(refused).toBe(404)
      await wire.backend('PUT', '/v1/metadata_schemas', { schemas: {}, force: true })
      wire.close()
    })
  })
}
