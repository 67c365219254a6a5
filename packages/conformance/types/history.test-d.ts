import type { createBackend, MetadataChange, User } from '@acme/backend'
import { defineMetadata, type JsonObject } from '@acme/schema'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'

const metadata = defineMetadata({ public: z.object({ plan: z.enum(['free', 'pro']) }) }).withPrivate(
  z.object({ stripeId: z.string() }),
)

async function check({ users }: ReturnType<typeof createBackend<typeof metadata>>) {
  for await (const change of users.listChanges('user_1', { before: 7 }, { timeout: 1_000 })) {
    expectTypeOf(change.action).toEqualTypeOf<'create' | 'update' | 'delete'>()
    // What was stored need not fit today's schema.
    expectTypeOf(change.publicMetadata).toEqualTypeOf<MetadataChange | undefined>()
    expectTypeOf(change.privateMetadata).toEqualTypeOf<MetadataChange | undefined>()
    expectTypeOf(change.toClient().publicMetadata).toEqualTypeOf<MetadataChange | undefined>()
    // @ts-expect-error - a browser does not see what changed of the private metadata
    void change.toClient().privateMetadata
    // @ts-expect-error - a change is never written to
    change.version = 2
  }
  const version = await users.getVersion('user_1', 3)
  expectTypeOf(version.publicMetadata.plan).toEqualTypeOf<'free' | 'pro'>()
  expectTypeOf(version.privateMetadata.stripeId).toEqualTypeOf<string>()
  expectTypeOf(version.unsafeMetadata).toExtend<JsonObject>()
  expectTypeOf(version.createdAt).toEqualTypeOf<Date>()
  // @ts-expect-error - not in the schema
  void version.publicMetadata.other
  // @ts-expect-error - names and addresses are kept of no version
  void version.firstName
  // @ts-expect-error - a browser does not see private metadata
  void version.toJSON().privateMetadata
  expectTypeOf(version.toJSON({ includePrivate: true }).privateMetadata.stripeId).toEqualTypeOf<string>()

  const restored = users.restoreMetadata('user_1', 3, { kinds: ['public', 'private'], ifMatch: 5, idempotencyKey: 'k' })
  expectTypeOf(await restored).toEqualTypeOf<User<typeof metadata>>()
  // @ts-expect-error - no such kind
  void users.restoreMetadata('user_1', 3, { kinds: ['secret'] })
  // @ts-expect-error - a version is a number
  void users.restoreMetadata('user_1', '3')
  // @ts-expect-error - nothing else is restored
  void users.restoreMetadata('user_1', 3, { fields: ['first_name'] })
}

test('versions are typed by the schema of the app, changes as they are stored', () => {
  expectTypeOf(check).toBeFunction()
})
