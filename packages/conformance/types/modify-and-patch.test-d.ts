import type { createBackend } from '@acme/backend'
import type { createFrontend } from '@acme/frontend'
import { defineMetadata, type MergePatch } from '@acme/schema'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'

const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']).default('free'), credits: z.number() }),
  unsafe: z.object({ visits: z.number().optional(), length: z.string().transform((text) => text.length) }),
})

function check(
  { users }: ReturnType<typeof createBackend<typeof metadata>>,
  { user }: ReturnType<typeof createFrontend<typeof metadata>>,
) {
  void users.modifyUserMetadata('user_1', (user) => {
    expectTypeOf(user.publicMetadata.credits).toEqualTypeOf<number>()
    // What is read is the output: the default has been applied, the transform has run.
    expectTypeOf(user.publicMetadata.plan).toEqualTypeOf<'free' | 'pro'>()
    expectTypeOf(user.unsafeMetadata.length).toEqualTypeOf<number>()
    return { publicMetadata: { credits: user.publicMetadata.credits - 1 } }
  })
  // @ts-expect-error - null on a required key
  void users.modifyUserMetadata('user_1', () => ({ publicMetadata: { credits: null } }))
  // @ts-expect-error - a value of the wrong type
  void users.modifyUserMetadata('user_1', () => ({ publicMetadata: { credits: '1' } }))
  // What is written is the input: the default may be left out, the transform has not run.
  void users.updateUser('user_1', { publicMetadata: { credits: 1 }, unsafeMetadata: { length: 'abc' } })
  // @ts-expect-error - the output of a transform is not what is written
  void users.updateUser('user_1', { unsafeMetadata: { length: 3 } })
  if (!user) return
  void user.modifyMetadata(({ unsafeMetadata: { visits = 0 } }) => ({ unsafeMetadata: { visits: visits + 1 } }))
  // @ts-expect-error - public metadata is read-only on the frontend
  void user.modifyMetadata(() => ({ publicMetadata: { credits: 1 } }))
}

test('a modification is typed by what is read and what may be merged', () => {
  expectTypeOf(check).toBeFunction()
})

test('arrays and unions in a merge patch are whole', () => {
  type Patch = MergePatch<{ list: { a: string }[]; tags?: readonly string[]; either: { a: 1 } | string }>
  expectTypeOf<{ list: { a: string }[] }>().toExtend<Patch>()
  expectTypeOf<{ list: { a?: string }[] }>().not.toExtend<Patch>()
  expectTypeOf<{ list: null }>().not.toExtend<Patch>()
  expectTypeOf<{ tags: null }>().toExtend<Patch>()
  expectTypeOf<{ tags: (string | null)[] }>().not.toExtend<Patch>()
  expectTypeOf<{ either: 'text' }>().toExtend<Patch>()
  expectTypeOf<{ either: { a: 2 } }>().not.toExtend<Patch>()
})

test('null deletes a key of a record, and none that the schema demands', () => {
  type Patch = MergePatch<{
    flags: Record<string, boolean>
    each: Record<'a' | 'b', number>
    [beta: `x_${string}`]: unknown
  }>
  expectTypeOf<{ flags: { beta: null } }>().toExtend<Patch>()
  expectTypeOf<{ x_1: null }>().toExtend<Patch>()
  expectTypeOf<{ flags: null }>().not.toExtend<Patch>()
  expectTypeOf<{ flags: { beta: 1 } }>().not.toExtend<Patch>()
  expectTypeOf<{ each: { a: null } }>().not.toExtend<Patch>()
  expectTypeOf<{ deep: { list: null } }>().toExtend<MergePatch<Record<string, { list?: string[] }>>>()
  expectTypeOf<{ deep: { list: null } }>().not.toExtend<MergePatch<Record<string, { list: string[] }>>>()
})
