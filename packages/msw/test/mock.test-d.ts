import { defineMetadata } from '@acme/schema'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { createMock } from '../src/index.ts'
import { createMock as createNodeMock } from '../src/node.ts'

const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']) }),
}).withPrivate(z.object({ customer: z.string().optional() }))

test('users are typed by the app’s metadata', () => {
  const acme = createMock({ metadata, users: [{ username: 'ada', publicMetadata: { plan: 'pro' } }] })
  void acme.users.get('ada').then((ada) => {
    expectTypeOf(ada.publicMetadata.plan).toEqualTypeOf<'free' | 'pro'>()
    expectTypeOf(ada.privateMetadata.customer).toEqualTypeOf<string | undefined>()
  })
  // @ts-expect-error - a value of the wrong type
  createMock({ metadata, users: [{ username: 'ada', publicMetadata: { plan: 'gold' } }] })
  // @ts-expect-error - a key that the schema does not know
  createMock({ metadata, users: [{ username: 'ada', privateMetadata: { other: 1 } }] })
  // @ts-expect-error - a whole value needs its required keys
  void acme.users.create({ username: 'ada', publicMetadata: {} })
  // @ts-expect-error - no such fault
  acme.fail({ status: 'flood' })
})

test('the mock of Node gives the same types to a test of its own', () => {
  const acme = createNodeMock<{ public: { level: number } }>()
  const run = acme.boundary(async (own, word: string) => {
    expectTypeOf((await own.users.get(word)).publicMetadata.level).toEqualTypeOf<number>()
    return word.length
  })
  expectTypeOf(run).toEqualTypeOf<(word: string) => Promise<number>>()
})
