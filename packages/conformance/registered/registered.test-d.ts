import { type Backend, createBackend } from '@acme/backend'
import { createFrontend, type Frontend } from '@acme/frontend'
import { defineMetadata, type RegisteredMetadata } from '@acme/schema'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'

const metadata = defineMetadata(
  {
    public: z.object({ plan: z.enum(['free', 'pro']) }),
    unsafe: z.object({ theme: z.enum(['light', 'dark']).optional() }),
  },
  { claims: { plan: 'public.plan' } },
).withPrivate(z.object({ customer: z.string().optional() }))

declare module '@acme/schema' {
  interface Register {
    metadata: typeof metadata
  }
}

const other = defineMetadata({ public: z.object({ level: z.number() }), unsafe: z.object({ lang: z.string() }) })

interface Plain {
  public: { points: number }
  private: { note?: string }
  unsafe: { mood?: 'good' | 'bad' }
}

test('what is registered once types every client that is given nothing', () => {
  expectTypeOf<RegisteredMetadata>().toEqualTypeOf<typeof metadata>()
  const { users, tokens } = createBackend({ secretKey: '' })
  void tokens.verify('').then(({ claims }) => {
    expectTypeOf(claims.plan).toEqualTypeOf<'free' | 'pro' | undefined>()
    // @ts-expect-error - a claim that is not defined
    void claims.theme
  })
  const { user, signUp } = createFrontend({ publishableKey: '' })
  void users.getUser('user_1').then((user) => {
    expectTypeOf(user.publicMetadata.plan).toEqualTypeOf<'free' | 'pro'>()
    expectTypeOf(user.privateMetadata.customer).toEqualTypeOf<string | undefined>()
    expectTypeOf(user.unsafeMetadata.theme).toEqualTypeOf<'light' | 'dark' | undefined>()
    // @ts-expect-error - a key that the schema does not know
    void user.publicMetadata.level
  })
  void users.updateUser('user_1', { publicMetadata: { plan: 'pro' }, privateMetadata: { customer: 'c' } })
  // @ts-expect-error - a value of the wrong type
  void users.updateUser('user_1', { publicMetadata: { plan: 'gold' } })
  // @ts-expect-error - a key that the schema does not know
  void users.updateUserMetadata('user_1', { privateMetadata: { other: 1 } })
  // @ts-expect-error - null on a required key
  void users.updateUserMetadata('user_1', { publicMetadata: { plan: null } })
  void signUp.create({ username: 'ada', unsafeMetadata: { theme: 'dark' } })
  // @ts-expect-error - a key that the schema does not know
  void signUp.create({ username: 'ada', unsafeMetadata: { lang: 'en' } })
  if (!user) return
  expectTypeOf(user.publicMetadata.plan).toEqualTypeOf<'free' | 'pro'>()
  void user.update({ unsafeMetadata: { theme: 'dark' } })
  void user.updateMetadata({ unsafeMetadata: { theme: null } })
  void user.modifyMetadata(({ unsafeMetadata: { theme } }) => ({ unsafeMetadata: { theme: theme ?? 'light' } }))
  // @ts-expect-error - a value of the wrong type
  void user.update({ unsafeMetadata: { theme: 'blue' } })
  // @ts-expect-error - public metadata is read-only on the frontend
  void user.update({ publicMetadata: { plan: 'pro' } })
  // @ts-expect-error - private metadata does not exist on the frontend
  void user.privateMetadata
})

test('what is given to a client wins over what is registered', () => {
  const { user } = createFrontend({ publishableKey: '', metadata: other })
  if (user) {
    expectTypeOf(user.publicMetadata.level).toEqualTypeOf<number>()
    void user.update({ unsafeMetadata: { lang: 'en' } })
    // @ts-expect-error - the registered schema does not hold here
    void user.update({ unsafeMetadata: { theme: 'dark' } })
    // @ts-expect-error - the registered schema does not hold here
    void user.publicMetadata.plan
  }
  const { users } = createBackend<Plain>({ secretKey: '' })
  void users.updateUser('user_1', { publicMetadata: { points: 1 }, privateMetadata: { note: 'n' } })
  // @ts-expect-error - the registered schema does not hold here
  void users.updateUser('user_1', { publicMetadata: { plan: 'pro' } })
  void users.updateUserMetadata('user_1', { unsafeMetadata: { mood: null } })
  // @ts-expect-error - null on a required key
  void users.updateUserMetadata('user_1', { publicMetadata: { points: null } })
})

test('clients of different schemas live in one program, and are not taken for each other', () => {
  expectTypeOf<Frontend<typeof other>>().not.toExtend<Frontend>()
  expectTypeOf<Backend<Plain>>().not.toExtend<Backend>()
  expectTypeOf<Backend<typeof metadata>>().toEqualTypeOf<Backend>()
})
