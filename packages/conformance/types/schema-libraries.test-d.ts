import type { createBackend } from '@acme/backend'
import type { createFrontend } from '@acme/frontend'
import { defineMetadata, type ReadMetadata, type WriteMetadata } from '@acme/schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'

const zod = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']).default('free'), seats: z.number().optional() }),
  unsafe: z.object({ length: z.string().transform((text) => text.length) }),
})
const zodMini = defineMetadata({
  public: mini.object({ plan: mini._default(mini.enum(['free', 'pro']), 'free'), seats: mini.optional(mini.number()) }),
  unsafe: mini.object({
    length: mini.pipe(
      mini.string(),
      mini.transform((text: string) => text.length),
    ),
  }),
})
const valibot = defineMetadata({
  public: v.object({ plan: v.optional(v.picklist(['free', 'pro']), 'free'), seats: v.optional(v.number()) }),
  unsafe: v.object({
    length: v.pipe(
      v.string(),
      v.transform((text) => text.length),
    ),
  }),
})
const arktype = defineMetadata({
  public: type({ plan: "'free' | 'pro' = 'free'", 'seats?': 'number' }),
  unsafe: type({ length: type('string').pipe((text) => text.length) }),
})

interface Read {
  readonly public: { plan: 'free' | 'pro'; seats?: number }
  readonly unsafe: { length: number }
}

interface Write {
  readonly public: { plan?: 'free' | 'pro'; seats?: number }
  readonly unsafe: { length: string }
}

/** What a library adds of its own, `undefined` where a key may be absent, makes no difference to an app. */
type Loose<T> = { [K in keyof T]: Exclude<T[K], undefined> }

test('what is read is the output of the schema, what is written its input, whichever library it is of', () => {
  expectTypeOf<Loose<ReadMetadata<typeof zod, 'public'>>>().toEqualTypeOf<Loose<Read['public']>>()
  expectTypeOf<Loose<ReadMetadata<typeof zodMini, 'public'>>>().toEqualTypeOf<Loose<Read['public']>>()
  expectTypeOf<Loose<ReadMetadata<typeof valibot, 'public'>>>().toEqualTypeOf<Loose<Read['public']>>()
  expectTypeOf<Loose<ReadMetadata<typeof arktype, 'public'>>>().toEqualTypeOf<Loose<Read['public']>>()
  expectTypeOf<ReadMetadata<typeof zod, 'unsafe'>>().toEqualTypeOf<Read['unsafe']>()
  expectTypeOf<ReadMetadata<typeof zodMini, 'unsafe'>>().toEqualTypeOf<Read['unsafe']>()
  expectTypeOf<ReadMetadata<typeof valibot, 'unsafe'>>().toEqualTypeOf<Read['unsafe']>()
  expectTypeOf<ReadMetadata<typeof arktype, 'unsafe'>>().toEqualTypeOf<Read['unsafe']>()
  expectTypeOf<Loose<WriteMetadata<typeof zod, 'public'>>>().toEqualTypeOf<Loose<Write['public']>>()
  expectTypeOf<Loose<WriteMetadata<typeof zodMini, 'public'>>>().toEqualTypeOf<Loose<Write['public']>>()
  expectTypeOf<Loose<WriteMetadata<typeof valibot, 'public'>>>().toEqualTypeOf<Loose<Write['public']>>()
  expectTypeOf<Loose<WriteMetadata<typeof arktype, 'public'>>>().toEqualTypeOf<Loose<Write['public']>>()
  expectTypeOf<WriteMetadata<typeof zod, 'unsafe'>>().toEqualTypeOf<Write['unsafe']>()
  expectTypeOf<WriteMetadata<typeof zodMini, 'unsafe'>>().toEqualTypeOf<Write['unsafe']>()
  expectTypeOf<WriteMetadata<typeof valibot, 'unsafe'>>().toEqualTypeOf<Write['unsafe']>()
  expectTypeOf<WriteMetadata<typeof arktype, 'unsafe'>>().toEqualTypeOf<Write['unsafe']>()
})

function checkArktype(
  { users }: ReturnType<typeof createBackend<typeof arktype>>,
  { user }: ReturnType<typeof createFrontend<typeof arktype>>,
) {
  void users.updateUser('user_1', { publicMetadata: {}, unsafeMetadata: { length: 'four' } })
  void users.updateUserMetadata('user_1', { publicMetadata: { plan: null, seats: null } })
  // @ts-expect-error - a value of the wrong type
  void users.updateUser('user_1', { publicMetadata: { plan: 'gold' } })
  // @ts-expect-error - null on a required key
  void users.updateUserMetadata('user_1', { unsafeMetadata: { length: null } })
  // @ts-expect-error - a key that the schema does not know
  void user?.update({ unsafeMetadata: { length: 'four', other: 1 } })
}

function checkValibot(
  { users }: ReturnType<typeof createBackend<typeof valibot>>,
  { user }: ReturnType<typeof createFrontend<typeof valibot>>,
) {
  void users.updateUser('user_1', { publicMetadata: {}, unsafeMetadata: { length: 'four' } })
  void users.updateUserMetadata('user_1', { publicMetadata: { plan: null, seats: null } })
  // @ts-expect-error - a value of the wrong type
  void users.updateUser('user_1', { publicMetadata: { plan: 'gold' } })
  // @ts-expect-error - null on a required key
  void users.updateUserMetadata('user_1', { unsafeMetadata: { length: null } })
  // @ts-expect-error - a key that the schema does not know
  void user?.update({ unsafeMetadata: { length: 'four', other: 1 } })
}

test('both clients take and refuse alike', () => {
  expectTypeOf(checkArktype).toBeFunction()
  expectTypeOf(checkValibot).toBeFunction()
})
