import { createRequire } from 'node:module'
import { isJsonObject, type JsonObject, type JsonValue } from '@acme/schema'

/** What a schema may say of itself: Standard Schema, and Standard JSON Schema where the library has it. */
interface Standard {
  readonly vendor: string
  readonly jsonSchema?: { input(options: { readonly target: 'draft-2020-12' }): JsonObject }
}

/** The converters of libraries whose schemas do not carry one: which package, which function, which options. */
const converters: Readonly<Record<string, readonly [string, string, object]>> = {
  zod: ['zod', 'toJSONSchema', { target: 'draft-2020-12', io: 'input' }],
  valibot: [
    '@valibot/to-json-schema',
    'toJsonSchema',
    { target: 'draft-2020-12', typeMode: 'input', overrideSchema: keepOpen },
  ],
}

/** Valibot's converter writes `object` and `looseObject` alike. */
function keepOpen({ valibotSchema, jsonSchema }: { valibotSchema: { type: string }; jsonSchema: object }) {
  return valibotSchema.type === 'loose_object' ? { ...jsonSchema, additionalProperties: {} } : undefined
}

/**
 * Turns a schema into JSON Schema (draft 2020-12) by its library's own converter, of its input, since what is
 * written is what is stored. Objects are closed where the schema says nothing of other keys, as the types of the
 * SDKs are; what is JSON Schema already is taken as it is.
 *
 * @param file the module it is from, next to which the library is installed
 * @throws Error when the library has no converter, or cannot convert the schema
 */
export function toJsonSchema(schema: unknown, file: string): JsonObject {
  const standard = (schema as { readonly '~standard'?: Standard })['~standard']
  if (!standard) return schema as JsonObject
  if (standard.jsonSchema) return close(standard.jsonSchema.input({ target: 'draft-2020-12' }))
  const [name, convert, options] = converters[standard.vendor] ?? []
  if (name === undefined || convert === undefined) {
    throw new Error(
      `no converter to JSON Schema is known for ${standard.vendor}: export { schemas } with JSON Schemas instead`,
    )
  }
  const library = load(name, file)
  return close(library[convert]?.(schema, options) as JsonObject)
}

function load(name: string, file: string): Record<string, (...values: unknown[]) => unknown> {
  try {
    return createRequire(file)(name)
  } catch {
    throw new Error(`${name} is needed to convert the schemas of ${file}: install it beside them`)
  }
}

/** Refuses keys that no schema speaks of. Parts of an `allOf` stay open: each would refuse the keys of the others. */
function close(schema: JsonObject): JsonObject {
  const visit = (value: JsonValue, isPart: boolean): JsonValue => {
    if (Array.isArray(value)) return value.map((item) => visit(item, isPart))
    if (!isJsonObject(value)) return value
    const members = Object.entries(value).map(([key, member]) => [
      key,
      // Names of an app's own stand in here, not keywords.
      namespaces.has(key) && isJsonObject(member)
        ? Object.fromEntries(Object.entries(member).map(([name, one]) => [name, visit(one, false)]))
        : data.has(key)
          ? member
          : visit(member, alwaysOpen.has(key) || (isPart && branches.has(key))),
    ])
    const closed = Object.fromEntries(members) as JsonObject
    const isOpen = closed['properties'] && !('additionalProperties' in closed) && !('unevaluatedProperties' in closed)
    if (isPart || !(isOpen || closed['allOf'])) return closed
    // One that is made of parts knows the keys of all of them (section 11.3 of the specification).
    return { ...closed, [closed['allOf'] ? 'unevaluatedProperties' : 'additionalProperties']: false }
  }
  return visit(schema, false) as JsonObject
}

const namespaces: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
])
/** What stands in these says something of the same object as what stands around them. */
const branches: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'then', 'else'])
const alwaysOpen: ReadonlySet<string> = new Set(['allOf', 'not', 'if'])
const data: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples', 'required'])
