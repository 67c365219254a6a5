import { createBackend } from '@acme/backend'
import { createFrontend, fetchWithoutCookies } from '@acme/frontend'
import { defineMetadata } from '@acme/schema'
import { zodCodecs } from '@acme/schema/zod'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import { scaled } from '../scaled.ts'
import { forEachTarget, newName, userOf } from '../targets.ts'

const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})
const bigint = mini.codec(mini.string(), mini.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
})
const metadata = defineMetadata(
  {
    public: mini.object({ balance: bigint, notes: mini.optional(mini.string()) }),
    unsafe: z.object({
      seenAt: date.optional(),
      visits: z.array(z.object({ at: date, page: z.string() })).optional(),
      days: z.record(z.string(), date).default({}),
      trip: z.object({ from: date, to: date.nullable() }).optional(),
    }),
  },
  { codecs: zodCodecs },
)
const serverMetadata = metadata.withPrivate(z.object({ paidAt: date }))
const at = (day: number) => new Date(Date.UTC(2026, 0, day))

forEachTarget((world) => {
  const clients = () => {
    const { place } = world()
    const kept = new Map<'token', string>()
    const store = { get: () => kept.get('token') ?? null, set: (token: string) => void kept.set('token', token) }
    const options = { secretKey: place.secretKey, apiUrl: place.url }
    return {
      users: createBackend({ ...options, metadata: serverMetadata }).users,
      plain: createBackend<unknown>(options).users,
      frontend: createFrontend({
        publishableKey: place.publishableKey,
        metadata,
        fetch: fetchWithoutCookies(store),
      }),
    }
  }

  test('the server side holds dates and big integers, the database JSON', async () => {
    const { users, plain } = clients()
    const { id } = await users.createUser({
      username: newName(),
      publicMetadata: { balance: 12345678901234567890n },
      privateMetadata: { paidAt: at(1) },
    })
    const user = await users.updateUserMetadata(id, {
      publicMetadata: { balance: 2n, notes: 'n' },
      privateMetadata: { paidAt: at(2) },
      unsafeMetadata: { trip: { to: at(4), from: at(3) }, days: { first: at(1) } },
    })
    expect(user.publicMetadata).toEqual({ balance: 2n, notes: 'n' })
    expect(user.privateMetadata.paidAt).toEqual(at(2))
    expect(user.unsafeMetadata).toEqual({ trip: { from: at(3), to: at(4) }, days: { first: at(1) } })
    const stored = await plain.getUser(id)
    expect([stored.publicMetadata, stored.privateMetadata, stored.unsafeMetadata]).toEqual([
      { balance: '2', notes: 'n' },
      { paidAt: at(2).toISOString() },
      { trip: { from: at(3).toISOString(), to: at(4).toISOString() }, days: { first: at(1).toISOString() } },
    ])
    const paid = await users.modifyUserMetadata(id, ({ publicMetadata: { balance } }) => ({
      publicMetadata: { balance: balance + 1n, notes: null },
    }))
    expect(paid.publicMetadata).toEqual({ balance: 3n })
  })

  test('so does the page, for whole values, patches and the sign-up', async () => {
    const { plain, frontend } = clients()
    await frontend.load()
    const fields = { username: newName(), password: 'correct horse battery' }
    await frontend.signUp.create({ ...fields, unsafeMetadata: { seenAt: at(1), days: {} } })
    expect(userOf(frontend).unsafeMetadata).toEqual({ seenAt: at(1), days: {} })
    await userOf(frontend).updateMetadata({ unsafeMetadata: { seenAt: at(2), days: { b: at(5) } } })
    await userOf(frontend).updateMetadata({ unsafeMetadata: { seenAt: null, visits: [{ at: at(3), page: '/' }] } })
    expect(userOf(frontend).unsafeMetadata).toEqual({ days: { b: at(5) }, visits: [{ at: at(3), page: '/' }] })
    const { unsafeMetadata } = await plain.getUser(userOf(frontend).id)
    const iso = at(3).toISOString()
    expect(unsafeMetadata).toEqual({ days: { b: at(5).toISOString() }, visits: [{ at: iso, page: '/' }] })
    await userOf(frontend).update({ unsafeMetadata: { days: {} } })
    expect(userOf(frontend).unsafeMetadata).toEqual({ days: {} })
  })

  test('what cannot be encoded is refused before it is sent, with its path', async () => {
    const { users, frontend } = clients()
    const { id } = await users.createUser({ username: newName() })
    const bad = new Date(Number.NaN)
    await expect(users.updateUser(id, { unsafeMetadata: { days: { x: bad } } })).rejects.toMatchObject({
      kind: 'unsafe',
      issues: [{ path: ['days', 'x'] }],
    })
    const patch = users.updateUserMetadata(id, { unsafeMetadata: { trip: { from: bad } } })
    await expect(patch).rejects.toMatchObject({ kind: 'unsafe', issues: [{ path: ['trip', 'from'] }] })
    await frontend.load()
    const signUp = frontend.signUp.create({
      username: newName(),
      unsafeMetadata: { seenAt: 'text' as never, days: {} },
    })
    await expect(signUp).rejects.toMatchObject({ kind: 'unsafe', issues: [{ path: ['seenAt'] }] })
  })
})

test('whatever a schema holds comes back as it went', async () => {
  const dates = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
  const values = fc.record(
    {
      seenAt: dates,
      days: fc.dictionary(fc.constantFrom('a', 'toString', 'constructor'), dates, { noNullPrototype: true }),
      trip: fc.record({ from: dates, to: fc.option(dates) }, { noNullPrototype: true }),
    },
    { requiredKeys: ['days'], noNullPrototype: true },
  )
  fc.assert(
    fc.property(values, (value) => {
      const sent = metadata['~encode']?.({ unsafeMetadata: value }, false)
      const travelled = JSON.parse(JSON.stringify(sent))
      expect(metadata['~read'](travelled)).toEqual({ unsafeMetadata: value })
      // A patch that sets everything is the same as the whole.
      expect(metadata['~encode']?.({ unsafeMetadata: value }, true)).toEqual(sent)
    }),
    { numRuns: scaled(1_000) },
  )
})
