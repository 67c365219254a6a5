import type { createBackend } from '@acme/backend'
import type { createFrontend } from '@acme/frontend'
import { type DeepReadonly, defineMetadata, type MergePatch } from '@acme/schema'
import { zodCodecs } from '@acme/schema/zod'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'

const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})
const schemas = {
  public: z.object({ since: date, until: date.optional() }),
  unsafe: z.object({ visits: z.array(z.object({ at: date })).optional() }),
}
const metadata = defineMetadata(schemas, { codecs: zodCodecs })
const serverMetadata = metadata.withPrivate(z.object({ paidAt: date.optional() }))
const withoutCodecs = defineMetadata(schemas, { onInvalid: 'warn' })

function checkWith(
  { users }: ReturnType<typeof createBackend<typeof serverMetadata>>,
  { user }: ReturnType<typeof createFrontend<typeof metadata>>,
) {
  void users.getUser('user_1').then(({ publicMetadata, privateMetadata, unsafeMetadata }) => {
    expectTypeOf(publicMetadata.since).toEqualTypeOf<Date>()
    expectTypeOf(privateMetadata.paidAt).toEqualTypeOf<Date | undefined>()
    expectTypeOf(unsafeMetadata.visits?.[0]?.at).toEqualTypeOf<Date | undefined>()
  })
  void users.updateUser('user_1', {
    publicMetadata: { since: new Date() },
    privateMetadata: { paidAt: new Date() },
  })
  void users.updateUserMetadata('user_1', { publicMetadata: { until: null, since: new Date() } })
  // @ts-expect-error - with codecs, what is written is a date as well
  void users.updateUser('user_1', { publicMetadata: { since: '2026-01-01T00:00:00Z' } })
  // @ts-expect-error - a date is whole: there is no patch of it
  void users.updateUserMetadata('user_1', { publicMetadata: { since: {} } })
  // @ts-expect-error - null on a required key
  void users.updateUserMetadata('user_1', { publicMetadata: { since: null } })
  // @ts-expect-error - what a private codec takes
  void users.updateUserMetadata('user_1', { privateMetadata: { paidAt: 1 } })
  void user?.update({ unsafeMetadata: { visits: [{ at: new Date() }] } })
  // @ts-expect-error - with codecs, what is written is a date as well
  void user?.update({ unsafeMetadata: { visits: [{ at: '2026-01-01T00:00:00Z' }] } })
  // @ts-expect-error - what was read cannot be changed in place
  user?.unsafeMetadata.visits?.push({ at: new Date() })
}

function checkWithout({ users }: ReturnType<typeof createBackend<typeof withoutCodecs>>) {
  void users.updateUser('user_1', { publicMetadata: { since: '2026-01-01T00:00:00Z' } })
  // @ts-expect-error - without codecs, what is written is what the schema takes in
  void users.updateUser('user_1', { publicMetadata: { since: new Date() } })
}

test('with codecs app code holds the output of the schemas, for reads and writes', () => {
  expectTypeOf(checkWith).toBeFunction()
  expectTypeOf(checkWithout).toBeFunction()
})

test('what has methods is whole in a patch and stays itself when read-only', () => {
  expectTypeOf<MergePatch<{ at: Date; tags?: Set<string> }>>().toEqualTypeOf<{
    readonly at?: Date
    readonly tags?: Set<string> | null
  }>()
  expectTypeOf<DeepReadonly<{ at: Date; list: { at: Date }[] }>>().toEqualTypeOf<{
    readonly at: Date
    readonly list: readonly { readonly at: Date }[]
  }>()
})
