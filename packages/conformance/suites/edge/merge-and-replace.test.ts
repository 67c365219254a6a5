import { type JsonObject, kinds, metadataParam, type Side, visibility } from '@acme/schema'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metadata } from '../../arbitraries.ts'
import { appendixA, canonical, canonicalMerge } from '../../reference-model.ts'
import { scaled } from '../../scaled.ts'
import { forEachAtOnce, forEachStorage } from '../../servers.ts'

const seed = Date.now() & 0x7fffffff
/** A write makes a pair with what is stored; a replace now and then keeps that small. */
const methods = fc.constantFrom('PATCH', 'PATCH', 'PUT')
const writes = fc.sample(fc.tuple(methods, metadata), { numRuns: scaled(20_000), seed })
const people = 32
const ownMembers = Reflect.ownKeys(Object.prototype).length

/** Every way to write metadata that the matrix allows. */
const ways = kinds.flatMap((kind) =>
  (['backend', 'frontend'] as const)
    .filter((side) => visibility[kind][side] === 'write')
    .map((side) => ({ param: metadataParam(kind), side })),
)

forEachStorage((served, name) => {
  /** Somebody whose metadata can be written from either side. */
  async function newPerson(username: string) {
    const { wire } = served()
    const { userId, cookie } = await wire.signUp(username)
    return async (side: Side, method: 'PUT' | 'PATCH', param: string, value: JsonObject) => {
      const { status, json } =
        side === 'backend'
          ? await wire.backend(method, `/v1/users/${userId}/metadata`, { [param]: value })
          : await wire.frontend(cookie, method, '/v1/me/metadata', { [param]: JSON.stringify(value) })
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(json)}`)
      return (side === 'backend' ? json : json.response)[param] as unknown
    }
  }

  test('random writes each turn what is stored into what the reference model says', async () => {
    let wrong = 0
    const writers = await Promise.all(Array.from({ length: people }, (_, index) => newPerson(`merge_${index}`)))
    await forEachAtOnce(writers, people, async (write, person) => {
      const stored: Record<string, unknown> = {}
      for (let index = person; index < writes.length; index += people) {
        const [method, value] = writes[index] as (typeof writes)[number]
        // Each person meets every way in turn.
        const { side, param } = ways[Math.floor(index / people) % ways.length] as (typeof ways)[number]
        const before = stored[param] ?? {}
        const after = await write(side, method, param, value)
        if (canonical(after) !== (method === 'PUT' ? canonical(value) : canonicalMerge(before, value))) {
          wrong++
          console.error('wrong:', JSON.stringify({ seed, side, method, param, before, value, after }))
        }
        if (Reflect.ownKeys(Object.prototype).length !== ownMembers) throw new Error('Object.prototype is polluted')
        stored[param] = after
      }
    })
    console.info(`${name}: ${writes.length} writes over HTTP, ${wrong} wrong (seed ${seed})`)
    expect(wrong).toBe(0)
  })

  test('the examples of RFC 7396, appendix A, one level down, where any value may stand', async () => {
    const write = await newPerson('appendix_a')
    for (const { side, param } of ways) {
      for (const texts of appendixA) {
        const [target, patch, result] = texts.map((text) => JSON.parse(text) as JsonObject)
        await write(side, 'PUT', param, { it: target } as JsonObject)
        const merged = await write(side, 'PATCH', param, { it: patch } as JsonObject)
        // A null one level down deletes, as the same algorithm says.
        expect(merged).toEqual(result === null ? {} : { it: result })
      }
    }
  })
})
