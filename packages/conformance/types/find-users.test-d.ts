import type { createBackend } from '@acme/backend'
import { defineMetadata } from '@acme/schema'
import { zodCodecs } from '@acme/schema/zod'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'

const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (value) => value.toISOString(),
})
const schemas = {
  public: z.object({
    plan: z.enum(['free', 'pro']),
    seats: z.number().optional(),
    tags: z.array(z.string()),
    billing: z.object({ country: z.string(), paidUntil: date.optional() }).optional(),
  }),
  private: z.object({ stripeCustomerId: z.string().optional() }),
}
const plain = defineMetadata(schemas)
const coded = defineMetadata(schemas, { codecs: zodCodecs })

type Users<M> = ReturnType<typeof createBackend<M>>['users']

function check(users: Users<typeof plain>, codedUsers: Users<typeof coded>, untyped: Users<unknown>) {
  void users.list({ metadata: { private: { stripeCustomerId: 'cus_1' }, public: { plan: { in: ['free', 'pro'] } } } })
  void users.getCount({ metadata: { public: { seats: { gte: 2, lt: 9 }, billing: { country: 'DE' } } }, query: 'ada' })
  void users.getUserList({ metadata: { public: { tags: { exists: true }, billing: { exists: true } } }, limit: 5 })
  void users.findUser({ public: { billing: { paidUntil: { gt: new Date(), exists: true } } } })
  void codedUsers.findUser({ public: { billing: { paidUntil: { gt: new Date() } } } })
  void codedUsers.findUser({ public: { billing: { paidUntil: new Date() } } })
  void untyped.findUser({ public: { anything: { at: { all: { in: [1, 'x', true, null] } } } } })
  void users.updateUsers([{ userId: 'user_1', publicMetadata: { seats: null }, ifMatch: 3 }])
  void users.updateWhere({ metadata: { public: { plan: 'free' } } }, (user) => ({
    publicMetadata: { seats: user.publicMetadata.seats ?? 1 },
  }))

  // @ts-expect-error - 'stripeId' is no key of private metadata
  void users.findUser({ private: { stripeId: 'cus_1' } })
  // @ts-expect-error - a value of the wrong type
  void users.list({ metadata: { public: { plan: 'gold' } } })
  // @ts-expect-error - among values too
  void users.list({ metadata: { public: { plan: { in: ['gold'] } } } })
  // @ts-expect-error - a number is compared with numbers
  void users.getCount({ metadata: { public: { seats: { gt: 'x' } } } })
  // @ts-expect-error - an array is there or not
  void users.getCount({ metadata: { public: { tags: ['a'] } } })
  // @ts-expect-error - what is absent is not found
  void users.getCount({ metadata: { public: { seats: { exists: false } } } })
  // @ts-expect-error - with codecs a date is a date
  void codedUsers.findUser({ public: { billing: { paidUntil: '2026-01-01T00:00:00Z' } } })
  // @ts-expect-error - there is no such kind
  void users.findUser({ hidden: { plan: 'free' } })
  // @ts-expect-error - who is updated
  void users.updateUsers([{ publicMetadata: { seats: 1 } }])
  // @ts-expect-error - a value of the wrong type
  void users.updateWhere({}, { publicMetadata: { seats: 'x' } })
}

test('users are found by values of the schema’s types', () => {
  expectTypeOf(check).toBeFunction()
})
