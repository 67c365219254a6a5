import * as fc from 'fast-check'
import * as z from 'zod'

/** A random zod schema of an object, and users that it accepts. */
export interface RandomMetadata {
  readonly schema: z.ZodType
  readonly values: readonly Record<string, unknown>[]
}

interface Field {
  readonly schema: z.ZodType
  readonly values: fc.Arbitrary<unknown>
}

const two = (number: number) => String(number).padStart(2, '0')
const word = fc.stringMatching(/^[a-z]{1,12}$/)
const key = fc.oneof(
  { weight: 8, arbitrary: fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,10}$/) },
  fc.stringMatching(/^[\w'"`*/\\$?. {}[\]()-]{1,10}$/),
  fc.constantFrom('constructor', 'toString', '*/', "'", '\\', 'a?', '[string]', '...', '+', '\u2028', 'default', ''),
)

const leaf: fc.Arbitrary<Field> = fc.oneof(
  fc.constant({ schema: z.string(), values: fc.string({ unit: 'grapheme', maxLength: 30 }) }),
  fc.constant({ schema: z.int(), values: fc.integer() }),
  fc.constant({ schema: z.number(), values: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  fc.constant({ schema: z.boolean(), values: fc.boolean() }),
  fc.constant({ schema: z.null(), values: fc.constant(null) }),
  fc.constant({ schema: z.uuid(), values: fc.uuid({ version: 4 }) }),
  fc.constant({
    schema: z.iso.datetime({ offset: true }),
    values: fc
      .tuple(
        fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
        fc.constantFrom('Z', '+02:00', '-05:30'),
      )
      .map(([date, zone]) => date.toISOString().replace('Z', zone)),
  }),
  fc.constant({
    schema: z.email(),
    values: fc.tuple(word, fc.nat(31), word).map(([name, day, host]) => `${name}.${two(day)}@${host}.example.com`),
  }),
  fc.constant({
    schema: z.url(),
    values: fc.tuple(word, word).map(([host, path]) => `https://${host}.example.com/${path}?q=1`),
  }),
  fc
    .uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 5 })
    .map((values) => ({ schema: z.enum(values as [string, ...string[]]), values: fc.constantFrom(...values) })),
)

const { object } = fc.letrec<{ field: Field; object: Field }>((tie) => ({
  field: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: leaf },
    tie('object'),
    tie('field').map(({ schema, values }) => ({ schema: z.array(schema), values: fc.array(values, { maxLength: 3 }) })),
    tie('field').map(({ schema, values }) => ({
      schema: z.record(z.string(), schema),
      values: fc.dictionary(fc.uuid(), values, { maxKeys: 3 }),
    })),
    fc.tuple(tie('field'), tie('field')).map(([a, b]) => ({
      schema: z.union([a.schema, b.schema]),
      values: fc.oneof(a.values, b.values),
    })),
  ),
  object: fc
    .uniqueArray(fc.record({ key, isOptional: fc.boolean(), field: tie('field') }), {
      maxLength: 5,
      selector: (member) => member.key,
    })
    .map((members) => ({
      schema: z.object(
        Object.fromEntries(
          members.map(({ key: name, isOptional, field }) => [
            name,
            isOptional ? field.schema.optional() : field.schema,
          ]),
        ),
      ),
      values: fc.record(Object.fromEntries(members.map(({ key: name, field }) => [name, field.values])), {
        requiredKeys: members.filter(({ isOptional }) => !isOptional).map(({ key: name }) => name),
      }),
    })),
}))

/** Makes random schemas and users of them, the same for the same seed. */
export function randomMetadata(schemas: number, users: number, seed: number): RandomMetadata[] {
  return fc.sample(object, { numRuns: schemas, seed }).map(({ schema, values }, index) => ({
    schema,
    // As it is read from a database.
    values: JSON.parse(JSON.stringify(fc.sample(values, { numRuns: users, seed: seed + index }))),
  }))
}
