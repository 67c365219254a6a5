import { isJsonObject, type JsonObject, type JsonValue } from '@acme/schema'
import { jsonBytes, valueAt } from './claims-of.ts'
import { resolveReference } from './resolve-reference.ts'

/** The longest text of a number in JSON, such as -1.2345678901234567e-308. */
const numberBytes = 25
/** What a character can take at most: a control character is written as \u001f. */
const characterBytes = 6
/** The longest texts of formats that the server asserts, in bytes with the quotes. */
const formatBytes: Readonly<Record<string, number>> = { uuid: 47, date: 12, ipv4: 17, ipv6: 47 }

const typeNames = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']

/**
 * Reckons how large what stands at a path can be, by a JSON Schema (draft 2020-12) that judges it: in bytes of JSON;
 * infinite where the schema does not bound it, and 0 where nothing can stand there. Never less than what the schema lets
 * pass.
 */
export function largestSize(root: JsonObject, path: readonly string[]): number {
  const known = new Map<unknown, Map<number, number>>()

  function at(schema: unknown, depth: number): number {
    if (schema === false) return 0
    if (!isJsonObject(schema)) return Number.POSITIVE_INFINITY
    const sizes = known.get(schema) ?? new Map<number, number>()
    known.set(schema, sizes)
    const before = sizes.get(depth)
    if (before !== undefined) return before
    // What leads back to itself bounds nothing.
    sizes.set(depth, Number.POSITIVE_INFINITY)
    const options = 'const' in schema ? [schema['const'] as JsonValue] : schema['enum']
    const rest = path.slice(depth)
    let size = Array.isArray(options)
      ? largest(options as readonly JsonValue[], (option) => sizeAt(option, rest))
      : rest.length > 0
        ? memberOf(schema, depth)
        : wholeOf(schema)
    for (const branches of branchesOf(root, schema))
      size = Math.min(
        size,
        largest(branches, (one) => at(one, depth)),
      )
    sizes.set(depth, size)
    return size
  }

  function memberOf(schema: JsonObject, depth: number): number {
    if (!allows(schema, 'object')) return 0
    const key = path[depth] ?? ''
    return at(judgeOf(schema, key), depth + 1)
  }

  function wholeOf(schema: JsonObject): number {
    return largest(
      typeNames.filter((type) => allows(schema, type)),
      (type) => sizeOfType(schema, type),
    )
  }

  function sizeOfType(schema: JsonObject, type: string): number {
    if (type === 'null') return 4
    if (type === 'boolean') return 5
    if (type === 'string') return stringSize(schema)
    if (type === 'array') return arraySize(schema)
    if (type === 'object') return objectSize(schema)
    return numberSize(schema, type)
  }

  function arraySize(schema: JsonObject): number {
    const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : []
    const rest = 'items' in schema ? at(schema['items'], path.length) : Number.POSITIVE_INFINITY
    const most = numberOr(schema['maxItems'], rest === 0 ? first.length : Number.POSITIVE_INFINITY)
    const fixed = first.slice(0, most).reduce<number>((sum, one) => sum + at(one, path.length) + 1, 0)
    const more = Math.max(0, most - first.length)
    return 2 + fixed + (more === 0 ? 0 : more * (rest + 1))
  }

  function objectSize(schema: JsonObject): number {
    const closed = schema['additionalProperties'] === false && !isJsonObject(schema['patternProperties'])
    if (!closed) return numberOr(schema['maxProperties'], 1) === 0 ? 2 : Number.POSITIVE_INFINITY
    const properties = Object.entries(isJsonObject(schema['properties']) ? schema['properties'] : {})
    return properties.reduce((sum, [key, one]) => {
      const size = at(one, path.length)
      return size === 0 ? sum : sum + jsonBytes(key) + 2 + size
    }, 2)
  }

  return at(root, 0)
}

/** What else judges the same value: lists of schemas, of each of which one at least lets it pass. */
function branchesOf(root: JsonObject, schema: JsonObject): readonly (readonly unknown[])[] {
  const { $ref, allOf, anyOf, oneOf } = schema
  return [
    ...(typeof $ref === 'string' ? [[resolveReference(root, $ref)]] : []),
    ...(Array.isArray(allOf) ? allOf.map((one) => [one]) : []),
    ...([anyOf, oneOf].filter((list) => Array.isArray(list) && list.length > 0) as (readonly unknown[])[]),
  ]
}

/** The schema that judges a member of an object, as far as its key alone tells; true where that is not known. */
function judgeOf(schema: JsonObject, key: string): unknown {
  const { properties, patternProperties, additionalProperties, unevaluatedProperties } = schema
  if (isJsonObject(properties) && Object.hasOwn(properties, key)) return properties[key]
  // Which pattern a key fits is not looked into.
  if (patternProperties !== undefined) return true
  if (additionalProperties !== undefined) return additionalProperties
  return unevaluatedProperties === undefined || inPlace.some((name) => name in schema) ? true : unevaluatedProperties
}

/** The keywords by which other schemas may know a key. */
const inPlace = ['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'dependentSchemas']

function allows({ type }: JsonObject, name: string): boolean {
  if (type === undefined) return true
  const types = Array.isArray(type) ? type : [type]
  return types.includes(name) || (name === 'integer' && types.includes('number'))
}

/** A pattern that lets one class of ASCII characters pass and nothing else, and how many of them: ^[a-z-]{1,20}$ */
const plainPattern = /^\^\[(?:[A-Za-z0-9_ .:@/-]|\\[wd])+\](?:[+*?]|\{(\d{1,9})(,\d{0,9})?\})?\$$/

function stringSize({ maxLength, format, pattern }: JsonObject): number {
  const byFormat = typeof format === 'string' ? formatBytes[format] : undefined
  const plain = typeof pattern === 'string' ? plainPattern.exec(pattern) : null
  const [, exactly, upTo = `,${exactly ?? ''}`] = plain ?? []
  const most = Math.min(
    numberOr(maxLength, Number.POSITIVE_INFINITY),
    upTo === ',' ? Number.POSITIVE_INFINITY : Number(upTo.slice(1)),
  )
  // Quotes and backslashes take two.
  return Math.min(byFormat ?? Number.POSITIVE_INFINITY, 2 + (plain ? 2 : characterBytes) * most)
}

function numberSize({ minimum, maximum }: JsonObject, type: string): number {
  const isWhole = type === 'integer' && Number.isSafeInteger(minimum) && Number.isSafeInteger(maximum)
  return isWhole ? Math.max(`${minimum}`.length, `${maximum}`.length) : numberBytes
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}

function largest<Item>(items: readonly Item[], size: (item: Item) => number): number {
  return items.reduce((most, item) => Math.max(most, size(item)), 0)
}

function sizeAt(option: JsonValue, path: readonly string[]): number {
  const value = valueAt(option, path)
  return value === undefined ? 0 : jsonBytes(value)
}
