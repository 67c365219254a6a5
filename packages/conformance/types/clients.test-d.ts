import { createBackend } from '@acme/backend'
import { createFrontend } from '@acme/frontend'
import { defineMetadata, type JsonObject, type MergePatch } from '@acme/schema'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'

const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']), seats: z.number().optional() }),
  unsafe: z.object({
    theme: z.enum(['light', 'dark']).optional(),
    deep: z.object({ list: z.array(z.string()) }).optional(),
  }),
})
const serverMetadata = metadata.withPrivate(z.object({ customer: z.string().optional() }))

interface Plain {
  public: { plan: 'free' | 'pro'; seats?: number }
  private: { customer?: string }
  unsafe: { theme?: 'light' | 'dark'; deep?: { list: string[] } }
}

function checkFrontend(frontend: ReturnType<typeof createFrontend<typeof metadata>>) {
  const user = frontend.user
  if (!user) return
  expectTypeOf(user.publicMetadata.plan).toEqualTypeOf<'free' | 'pro'>()
  expectTypeOf(user.unsafeMetadata.theme).toEqualTypeOf<'light' | 'dark' | undefined>()
  expectTypeOf(user.unsafeMetadata.deep?.list).toEqualTypeOf<readonly string[] | undefined>()
  void user.update({ unsafeMetadata: { theme: 'dark' }, firstName: null })
  void user.updateMetadata({ unsafeMetadata: { theme: null, deep: { list: ['a'] } } })
  // @ts-expect-error - public metadata is read-only on the frontend
  void user.update({ publicMetadata: { plan: 'pro' } })
  // @ts-expect-error - public metadata is read-only on the frontend
  void user.updateMetadata({ publicMetadata: { plan: 'pro' } })
  // @ts-expect-error - what was read cannot be changed in place
  user.publicMetadata.plan = 'pro'
  // @ts-expect-error - private metadata does not exist on the frontend
  void user.privateMetadata
  // @ts-expect-error - a value of the wrong type
  void user.update({ unsafeMetadata: { theme: 'blue' } })
  // @ts-expect-error - a key that the schema does not know
  void user.update({ unsafeMetadata: { color: 'blue' } })
  // @ts-expect-error - an array is given whole, not null inside
  void user.updateMetadata({ unsafeMetadata: { deep: { list: null } } })
  void frontend.signUp.create({ emailAddress: 'a@b.co', unsafeMetadata: { theme: 'dark' } })
  // @ts-expect-error - a sign-up sets unsafe metadata only
  void frontend.signUp.create({ publicMetadata: { plan: 'pro' } })
  // @ts-expect-error - a key that the schema does not know
  void frontend.signUp.create({ unsafeMetadata: { color: 'blue' } })
}

function checkBackend({ users }: ReturnType<typeof createBackend<typeof serverMetadata>>) {
  void users.getUser('user_1').then((user) => {
    expectTypeOf(user.publicMetadata.plan).toEqualTypeOf<'free' | 'pro'>()
    expectTypeOf(user.privateMetadata.customer).toEqualTypeOf<string | undefined>()
    expectTypeOf(user.toClient()).not.toHaveProperty('privateMetadata')
    expectTypeOf(user.toJSON({ includePrivate: true }).privateMetadata.customer).toEqualTypeOf<string | undefined>()
    // @ts-expect-error - what was read cannot be changed in place
    user.privateMetadata.customer = 'x'
  })
  void users.updateUser('user_1', {
    publicMetadata: { plan: 'pro' },
    privateMetadata: { customer: 'c' },
    firstName: 'Ada',
  })
  void users.updateUserMetadata('user_1', { publicMetadata: { seats: null }, privateMetadata: { customer: null } })
  // @ts-expect-error - null on a required key
  void users.updateUserMetadata('user_1', { publicMetadata: { plan: null } })
  // @ts-expect-error - a whole value needs its required keys
  void users.updateUser('user_1', { publicMetadata: { seats: 1 } })
  // @ts-expect-error - a value of the wrong type
  void users.updateUser('user_1', { publicMetadata: { plan: 'gold' } })
  // @ts-expect-error - a key that the schema does not know
  void users.updateUser('user_1', { privateMetadata: { other: 1 } })
}

test('with defineMetadata each side reads and writes what the matrix says, typed by the schemas', () => {
  checkFrontend(createFrontend({ publishableKey: '', metadata }))
  checkBackend(createBackend({ secretKey: '', metadata: serverMetadata }))
})

test('with a bare interface the same code compiles and fails alike', () => {
  const user = createFrontend<Plain>({ publishableKey: '' }).user
  if (user) {
    expectTypeOf(user.publicMetadata.plan).toEqualTypeOf<'free' | 'pro'>()
    void user.update({ unsafeMetadata: { theme: 'dark' } })
    // @ts-expect-error - public metadata is read-only on the frontend
    void user.update({ publicMetadata: { plan: 'pro' } })
    // @ts-expect-error - private metadata does not exist on the frontend
    void user.privateMetadata
    // @ts-expect-error - a value of the wrong type
    void user.update({ unsafeMetadata: { theme: 'blue' } })
    // @ts-expect-error - a key that the interface does not know
    void user.update({ unsafeMetadata: { color: 'blue' } })
  }
  const { users } = createBackend<Plain>({ secretKey: '' })
  void users.updateUser('user_1', { publicMetadata: { plan: 'pro' }, privateMetadata: { customer: 'c' } })
  // @ts-expect-error - a value of the wrong type
  void users.updateUser('user_1', { privateMetadata: { customer: 1 } })
  // @ts-expect-error - a key that the interface does not know
  void users.updateUser('user_1', { publicMetadata: { plan: 'pro', other: 1 } })
  // @ts-expect-error - null on a required key
  void users.updateUserMetadata('user_1', { publicMetadata: { plan: null } })
})

test('with nothing given metadata is any JSON object, and never any', () => {
  const user = createFrontend({ publishableKey: '' }).user
  if (user) {
    expectTypeOf(user.publicMetadata).not.toBeAny()
    expectTypeOf(user.publicMetadata).toExtend<JsonObject>()
    void user.update({ unsafeMetadata: { whatever: ['it', { is: 1 }] } })
    // @ts-expect-error - public metadata is read-only on the frontend
    void user.update({ publicMetadata: { plan: 'pro' } })
    // @ts-expect-error - private metadata does not exist on the frontend
    void user.privateMetadata
    // @ts-expect-error - a class is not JSON
    void user.update({ unsafeMetadata: { at: new Date() } })
  }
  const { users } = createBackend({ secretKey: '' })
  void users.updateUser('user_1', { privateMetadata: { whatever: null } })
  // @ts-expect-error - a class is not JSON
  void users.updateUser('user_1', { privateMetadata: { at: new Date() } })
  // @ts-expect-error - no such field
  void users.updateUser('user_1', { metadata: {} })
})

test('a merge patch is exact at every depth', () => {
  type Patch = MergePatch<{ a: string; b?: { c: number; d?: number[] }; e: { f: boolean } }>
  expectTypeOf<{ b: null }>().toExtend<Patch>()
  expectTypeOf<{ b: { d: null } }>().toExtend<Patch>()
  expectTypeOf<{ e: Record<never, never> }>().toExtend<Patch>()
  expectTypeOf<{ a: null }>().not.toExtend<Patch>()
  expectTypeOf<{ e: null }>().not.toExtend<Patch>()
  expectTypeOf<{ b: { c: null } }>().not.toExtend<Patch>()
  expectTypeOf<MergePatch<JsonObject>>().not.toBeAny()
})
