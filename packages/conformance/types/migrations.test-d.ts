import { defineMetadata, type JsonObject } from '@acme/schema'
import { defineMigration } from '@acme/schema/migration'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'

const from = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']) }),
  unsafe: z.object({ tags: z.array(z.string()) }),
}).withPrivate(z.object({ customerId: z.string() }))
const to = defineMetadata({
  public: z.object({ tier: z.int() }),
  unsafe: z.object({ tags: z.array(z.string()) }),
}).withPrivate(z.object({ customerId: z.string() }))

test('a migration is held to what it is from and to', () => {
  defineMigration({
    name: 'm',
    from,
    to,
    up(user) {
      expectTypeOf(user.publicMetadata.plan).toEqualTypeOf<'free' | 'pro'>()
      expectTypeOf(user.privateMetadata.customerId).toEqualTypeOf<string>()
      expectTypeOf(user.unsafeMetadata).not.toEqualTypeOf<JsonObject>()
      // @ts-expect-error - what comes, not what was
      void user.publicMetadata.tier
      return { publicMetadata: { tier: 1 }, unsafeMetadata: { tags: [...user.unsafeMetadata.tags, 'x'] } }
    },
    down: ({ publicMetadata: { tier } }) => ({ publicMetadata: { plan: tier > 0 ? 'pro' : 'free' } }),
  })
  // @ts-expect-error - public metadata cannot stay as it is
  defineMigration({ name: 'm', from, to, up: () => ({}) })
  // @ts-expect-error - a tier is a number
  defineMigration({ name: 'm', from, to, up: () => ({ publicMetadata: { tier: 'one' } }) })
  // @ts-expect-error - what was, not what comes
  defineMigration({ name: 'm', from, to, up: ({ publicMetadata }) => ({ publicMetadata }) })
  defineMigration({
    name: 'm',
    from,
    to,
    up: async () => ({ publicMetadata: { tier: 1 } }),
    // @ts-expect-error - nothing can be gold
    down: () => ({ publicMetadata: { plan: 'gold' } }),
  })
})
