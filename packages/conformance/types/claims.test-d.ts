import { createBackend } from '@acme/backend'
import { defineMetadata, type JsonObject, type JsonValue, type TokenClaims } from '@acme/schema'
import { zodCodecs } from '@acme/schema/zod'
import { type } from 'arktype'
import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'

const publicSchema = z.object({
  plan: z.enum(['free', 'pro']),
  profile: z.object({ city: z.string().optional(), tags: z.array(z.string()) }).optional(),
  since: z.codec(z.iso.datetime(), z.date(), {} as never).optional(),
  flags: z.record(z.string(), z.boolean()),
})
const unsafeSchema = z.object({ theme: z.enum(['light', 'dark']).default('light') })
const privateSchema = z.object({ stripeCustomerId: z.string() })
const schemas = { public: publicSchema, unsafe: unsafeSchema }

test('what a token says is typed by the claims that were defined', async () => {
  const metadata = defineMetadata(schemas, {
    claims: {
      plan: 'public.plan',
      city: 'public.profile.city',
      tags: 'public.profile.tags',
      profile: 'public.profile',
      since: 'public.since',
      beta: 'public.flags.beta',
      theme: 'unsafe.theme',
    },
  }).withPrivate(privateSchema, { unique: ['private.stripeCustomerId'] })
  const { tokens, authenticate } = createBackend({ metadata })
  const { claims } = await tokens.verify('')
  expectTypeOf(claims.plan).toEqualTypeOf<'free' | 'pro' | undefined>()
  expectTypeOf(claims.city).toEqualTypeOf<string | undefined>()
  expectTypeOf(claims.tags).toEqualTypeOf<string[] | undefined>()
  expectTypeOf(claims.profile?.city).toEqualTypeOf<string | undefined>()
  expectTypeOf(claims.beta).toEqualTypeOf<boolean | undefined>()
  expectTypeOf(claims.theme).toEqualTypeOf<'light' | 'dark' | undefined>()
  // Tokens carry what is stored.
  expectTypeOf(claims.since).toEqualTypeOf<string | undefined>()
  expectTypeOf(claims.sub).toEqualTypeOf<string>()
  expectTypeOf(claims.uv).toEqualTypeOf<number | undefined>()
  // @ts-expect-error - Property 'plam' does not exist
  claims.plam
  const auth = await authenticate({ headers: {} })
  if (auth.isAuthenticated) expectTypeOf(auth.claims).toEqualTypeOf(claims)
})

test('a path that leads nowhere does not compile, and the message names it', () => {
  // @ts-expect-error - public.plam leads nowhere in the schemas
  defineMetadata(schemas, { claims: { plan: 'public.plam' } })
  // @ts-expect-error - public.plan.x leads nowhere in the schemas
  defineMetadata(schemas, { claims: { plan: 'public.plan.x' } })
  // @ts-expect-error - public.profile.tags.length leads nowhere in the schemas
  defineMetadata(schemas, { claims: { plan: 'public.profile.tags.length' } })
  // @ts-expect-error - plan leads nowhere in the schemas
  defineMetadata(schemas, { claims: { plan: 'plan' } })
  // @ts-expect-error - public leads nowhere in the schemas
  defineMetadata(schemas, { claims: { plan: 'public' } })
  // @ts-expect-error - hidden.plan leads nowhere in the schemas
  defineMetadata(schemas, { codecs: zodCodecs, claims: { plan: 'hidden.plan' } })
  // @ts-expect-error - a path is a text
  defineMetadata(schemas, { claims: { plan: 1 } })
})

test('a private path does not compile, with or without its schema', () => {
  // @ts-expect-error - private.stripeCustomerId is not the frontend's to read
  defineMetadata({ ...schemas, private: privateSchema }, { claims: { customer: 'private.stripeCustomerId' } })
  // @ts-expect-error - private.anything is not the frontend's to read
  defineMetadata({}, { claims: { plan: 'public.plan', anything: 'private.anything' } })
})

test('every library types them; without a schema a claim is any JSON', () => {
  const arktype = defineMetadata({ public: type({ plan: "'free' | 'pro'" }) }, { claims: { plan: 'public.plan' } })
  const valibot = defineMetadata({ public: v.object({ n: v.optional(v.number()) }) }, { claims: { n: 'public.n' } })
  const any = defineMetadata({}, { claims: { x: 'public.deep.x' } })
  expectTypeOf<TokenClaims<typeof arktype>['plan']>().toEqualTypeOf<'free' | 'pro' | undefined>()
  expectTypeOf<TokenClaims<typeof valibot>['n']>().toEqualTypeOf<number | undefined>()
  expectTypeOf<TokenClaims<typeof any>['x']>().toEqualTypeOf<JsonValue | undefined>()
  // @ts-expect-error - public.plam leads nowhere in the schemas
  defineMetadata({ public: type({ plan: "'free' | 'pro'" }) }, { claims: { plan: 'public.plam' } })
})

test('where none are defined, a token says any JSON', () => {
  const plain = defineMetadata(schemas)
  expectTypeOf<TokenClaims<typeof plain>>().toEqualTypeOf<JsonObject>()
  expectTypeOf<TokenClaims<{ public: { plan: string } }>>().toEqualTypeOf<JsonObject>()
  expectTypeOf<TokenClaims<unknown>>().toEqualTypeOf<JsonObject>()
})
