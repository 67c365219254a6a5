import { isJsonObject, type JsonObject, type JsonValue, type Kind, kinds } from '@acme/schema'

/** A JSON Schema of each kind that has one. */
export type Schemas = { readonly [K in Kind]?: JsonObject | undefined }

/** Where a value stands in the metadata of a user: the kind, and the keys from the outside in. */
export interface MetadataPlace {
  readonly kind: Kind
  readonly keys: readonly string[]
}

/** Reads a path such as `public.plan`. */
export function readPlace(path: string): MetadataPlace | undefined {
  const [kind, ...keys] = path.split('.')
  if (!kinds.includes(kind as Kind) || keys.length === 0 || keys.some((key) => key === '')) return undefined
  return { kind: kind as Kind, keys }
}

/** What stands at a place, undefined where nothing does. */
export function valueAt(metadata: JsonValue | undefined, keys: readonly string[]): JsonValue | undefined {
  return keys.reduce<JsonValue | undefined>(
    (value, key) => (isJsonObject(value) && Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined),
    metadata,
  )
}

/** How many references are followed, one after the other. */
const mostReferences = 20

/** Follows references within a schema (`#/$defs/…`). What leads elsewhere or around is left as it is. */
export function resolve(schema: JsonValue | undefined, root: JsonObject): JsonObject | undefined {
  let found = schema
  for (let steps = 0; isJsonObject(found) && typeof found['$ref'] === 'string' && steps < mostReferences; steps++) {
    const { $ref: reference, ...beside } = found as JsonObject & { readonly $ref: string }
    if (!reference.startsWith('#')) break
    const keys = reference
      .slice(2)
      .split('/')
      .filter(Boolean)
      .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'))
    const target = valueAt(root, keys)
    if (!isJsonObject(target)) break
    found = { ...target, ...beside }
  }
  return isJsonObject(found) ? found : undefined
}

/** The schemas that may hold of one value: itself, and what it is made of (`anyOf`, `oneOf`, `allOf`). */
export function partsOf(schema: JsonObject | undefined, root: JsonObject, depth = 0): readonly JsonObject[] {
  const whole = resolve(schema, root)
  if (!whole || depth > 4) return []
  const inner = ['anyOf', 'oneOf', 'allOf'].flatMap((name) => (Array.isArray(whole[name]) ? whole[name] : []))
  return [whole, ...inner.flatMap((part) => partsOf(isJsonObject(part) ? part : undefined, root, depth + 1))]
}

/** The members that a schema knows, with their schemas. */
export function membersOf(schema: JsonObject | undefined, root: JsonObject): ReadonlyMap<string, JsonObject> {
  const members = new Map<string, JsonObject>()
  for (const { properties } of partsOf(schema, root)) {
    if (!isJsonObject(properties)) continue
    for (const [key, member] of Object.entries(properties)) {
      const resolved = resolve(member, root)
      if (resolved && !members.has(key)) members.set(key, resolved)
    }
  }
  return members
}

/** The schema of what stands at some keys and indexes. */
export function schemaAt(root: JsonObject, path: readonly (string | number)[]): JsonObject | undefined {
  return path.reduce<JsonObject | undefined>((schema, step) => {
    if (!schema) return undefined
    if (typeof step === 'string') {
      const member = membersOf(schema, root).get(step)
      if (member) return member
      const rest = partsOf(schema, root).find(({ additionalProperties }) => isJsonObject(additionalProperties))
      return resolve(rest?.['additionalProperties'], root)
    }
    const list = partsOf(schema, root).find(({ items }) => isJsonObject(items))
    return resolve(list?.['items'], root)
  }, root)
}

/** The values that a schema lists by name: of an `enum`, a `const`, or a boolean. */
export function valuesOf(schema: JsonObject | undefined, root: JsonObject): readonly JsonValue[] {
  const values = partsOf(schema, root).flatMap((part) => [
    ...(Array.isArray(part['enum']) ? (part['enum'] as JsonValue[]) : []),
    ...('const' in part ? [part['const'] as JsonValue] : []),
    ...(part['type'] === 'boolean' ? [true, false] : []),
    ...(part['type'] === 'null' ? [null] : []),
  ])
  return [...new Set(values)]
}

/** The types that a schema takes. */
export function typesOf(schema: JsonObject | undefined, root: JsonObject): readonly string[] {
  const types = partsOf(schema, root).flatMap(({ type, enum: values }) => {
    if (typeof type === 'string') return [type]
    if (Array.isArray(type)) return type.filter((one) => typeof one === 'string')
    return Array.isArray(values) ? values.map((value) => (value === null ? 'null' : typeof value)) : []
  })
  return [...new Set(types)]
}

/** How deep paths are listed. */
const deepest = 4

/** Every path that the schemas know: `public.plan`, `public.company.name`. */
export function pathsOf(schemas: Schemas): readonly string[] {
  return kinds.flatMap((kind) => {
    const root = schemas[kind]
    if (!root) return []
    const visit = (schema: JsonObject, path: string, depth: number): string[] =>
      [...membersOf(schema, root)].flatMap(([key, member]) => {
        if (/[.[\]=<>\s]/.test(key)) return []
        const inner = depth < deepest ? visit(member, `${path}.${key}`, depth + 1) : []
        return inner.length > 0 ? inner : [`${path}.${key}`]
      })
    return visit(root, kind, 1)
  })
}
