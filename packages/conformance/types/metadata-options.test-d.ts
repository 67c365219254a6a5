import { defineMetadata, type MetadataPath } from '@acme/schema'
import { zodCodecs } from '@acme/schema/zod'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'

const publicSchema = z.object({
  plan: z.enum(['free', 'pro']),
  tags: z.array(z.string()).optional(),
  billing: z.object({ country: z.string(), paidUntil: z.codec(z.iso.datetime(), z.date(), {} as never) }).optional(),
  flags: z.record(z.string(), z.boolean()),
})
const privateSchema = z.object({ stripeCustomerId: z.string().optional(), credits: z.number() })

test('a path is typed by the schema, and a wrong one does not compile', () => {
  type Path = MetadataPath<{ public: typeof publicSchema; private: typeof privateSchema }, 'public' | 'private'>
  expectTypeOf<Path>().toEqualTypeOf<
    | 'public.plan'
    | 'public.billing.country'
    | 'public.billing.paidUntil'
    | `public.flags.${string}`
    | 'private.stripeCustomerId'
    | 'private.credits'
  >()

  const schemas = { public: publicSchema, private: privateSchema }
  const definition = defineMetadata(schemas, {
    indexes: ['public.plan', 'public.billing.country', 'public.flags.beta', 'unsafe.whatever'],
    unique: ['private.stripeCustomerId'],
  })
  expectTypeOf(definition.options.indexes).toEqualTypeOf<readonly string[] | undefined>()
  // @ts-expect-error - '"public.plam"' is not assignable to type '"public.plan" | …'
  defineMetadata(schemas, { indexes: ['public.plam'] })
  // @ts-expect-error - an array has no order to be found by
  defineMetadata(schemas, { indexes: ['public.tags'] })
  // @ts-expect-error - nor has an object
  defineMetadata(schemas, { unique: ['public.billing'] })
  // @ts-expect-error - a path begins with its kind
  defineMetadata(schemas, { unique: ['stripeCustomerId'] })
  // @ts-expect-error - with codecs just so
  defineMetadata(schemas, { codecs: zodCodecs, unique: ['private.stripeCustomer'] })
})

test('private paths are known where the private schema is', () => {
  const metadata = defineMetadata({ public: publicSchema }, { indexes: ['public.plan'] })
  metadata.withPrivate(privateSchema, { unique: ['private.stripeCustomerId'], indexes: ['public.billing.country'] })
  // @ts-expect-error - '"private.stripeId"' is not assignable
  metadata.withPrivate(privateSchema, { unique: ['private.stripeId'] })
})

test('where there is no schema, any path of a kind is one', () => {
  defineMetadata({}, { indexes: ['public.anything.at.all'] })
  // @ts-expect-error - there is no such kind
  defineMetadata({}, { indexes: ['hidden.anything'] })
})
