import { createBackend } from '@acme/backend'
import { createFrontend, fetchWithoutCookies } from '@acme/frontend'
import { defineMetadata, type MetadataDefinition, MetadataInvalidError } from '@acme/schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { forEachTarget, newName, type Place, userOf } from '../targets.ts'

/** One and the same schema, as each library writes it: a choice with a default, a list, a transform, a key that may be absent. */
const definitions = {
  zod: defineMetadata({
    public: z.object({ plan: z.enum(['free', 'pro']).default('free'), seats: z.number().optional() }),
    unsafe: z.object({
      tags: z.array(z.string()).optional(),
      nick: z.string().transform((text) => text.trim()),
    }),
  }),
  'zod/mini': defineMetadata({
    public: mini.object({
      plan: mini._default(mini.enum(['free', 'pro']), 'free'),
      seats: mini.optional(mini.number()),
    }),
    unsafe: mini.object({
      tags: mini.optional(mini.array(mini.string())),
      nick: mini.pipe(
        mini.string(),
        mini.transform((text: string) => text.trim()),
      ),
    }),
  }),
  valibot: defineMetadata({
    public: v.object({ plan: v.optional(v.picklist(['free', 'pro']), 'free'), seats: v.optional(v.number()) }),
    unsafe: v.object({ tags: v.optional(v.array(v.string())), nick: v.pipe(v.string(), v.trim()) }),
  }),
  arktype: defineMetadata({
    public: type({ plan: "'free' | 'pro' = 'free'", 'seats?': 'number' }),
    unsafe: type({ 'tags?': 'string[]', nick: type('string').pipe((text) => text.trim()) }),
  }),
}

/** Both clients of one definition, so that every library goes through the same code, and types alike. */
function clientsOf<M extends MetadataDefinition>(place: Place, metadata: M) {
  const kept = new Map<'token', string>()
  const store = { get: () => kept.get('token') ?? null, set: (token: string) => void kept.set('token', token) }
  return {
    users: createBackend<M>({ secretKey: place.secretKey, apiUrl: place.url, metadata }).users,
    frontend: createFrontend<M>({ publishableKey: place.publishableKey, metadata, fetch: fetchWithoutCookies(store) }),
  }
}

forEachTarget((world) => {
  describe.each(Object.entries(definitions))('%s', (_, definition) => {
    // The types of the four are equal; that they are is what the type tests say.
    const metadata = definition as (typeof definitions)['zod']

    test('defaults and transforms apply to what is read, and what was written is what is stored', async () => {
      const { users, frontend } = clientsOf(world().place, metadata)
      const { users: plain } = createBackend<unknown>({ secretKey: world().place.secretKey, apiUrl: world().place.url })
      const created = await users.createUser({ username: newName(), unsafeMetadata: { nick: ' Ada ' } })
      expect(created.publicMetadata).toEqual({ plan: 'free' })
      expect(created.unsafeMetadata).toEqual({ nick: 'Ada' })
      const stored = await plain.getUser(created.id)
      expect([stored.publicMetadata, stored.unsafeMetadata]).toEqual([{}, { nick: ' Ada ' }])
      expect(Object.isFrozen(created.publicMetadata)).toBe(true)

      await frontend.load()
      await frontend.signUp.create({
        username: newName(),
        password: 'correct horse battery',
        unsafeMetadata: { nick: ' Bea ', tags: ['a'] },
      })
      expect(userOf(frontend).unsafeMetadata).toEqual({ nick: 'Bea', tags: ['a'] })
      expect(userOf(frontend).publicMetadata).toEqual({ plan: 'free' })
      expect(Object.isFrozen(userOf(frontend).unsafeMetadata.tags)).toBe(true)
    })

    test('what does not fit is refused before it is sent, with the path of every issue', async () => {
      const { users, frontend } = clientsOf(world().place, metadata)
      const junk = { unsafeMetadata: { nick: 1, tags: ['a', 2] } } as never
      await frontend.load()
      const signUp = { username: newName(), password: 'correct horse battery' }
      const { id } = await users.createUser({ username: newName() })
      for (const write of [
        () => users.createUser(junk),
        () => users.updateUser(id, junk),
        () => users.replaceUserMetadata(id, junk),
        () => frontend.signUp.create({ ...signUp, ...(junk as object) }),
      ]) {
        const error = await write().catch((error: unknown) => error)
        expect(error).toBeInstanceOf(MetadataInvalidError)
        const { kind, issues } = error as MetadataInvalidError
        expect(kind).toBe('unsafe')
        expect(issues.map(({ path }) => path).sort()).toEqual([['nick'], ['tags', 1]])
        for (const { message } of issues) expect(message).not.toBe('')
      }
      expect((await users.getUser(id)).version).toBe(1)
    })

    test('a patch in a page is refused for what it breaks, not for what was broken before', async () => {
      const { frontend } = clientsOf(world().place, metadata)
      const { users } = createBackend<unknown>({ secretKey: world().place.secretKey, apiUrl: world().place.url })
      await frontend.load()
      const fields = { username: newName(), password: 'correct horse battery', unsafeMetadata: { nick: 'Ada' } }
      await frontend.signUp.create(fields)
      await users.replaceUserMetadata(userOf(frontend).id, { unsafeMetadata: { old: 1 } })
      await userOf(frontend).reload()
      // What is stored has no `nick`: that is not this patch's doing.
      await userOf(frontend).updateMetadata({ unsafeMetadata: { tags: ['a'] } })
      const refused = userOf(frontend).updateMetadata({ unsafeMetadata: { tags: [3 as never] } })
      await expect(refused).rejects.toMatchObject({ code: 'form_param_value_invalid', issues: [{ path: ['tags', 0] }] })
      expect(userOf(frontend).unsafeMetadata).toEqual({ old: 1, tags: ['a'] })
    })
  })
})
