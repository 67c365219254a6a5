import { isJsonObject, type JsonObject, type JsonValue, type Kind, kinds, parseJson } from '@acme/schema'
import type { MappedTo, Source } from './sources/source.ts'

/** Where each kind of metadata of a product goes, and single members of it. */
export interface MetadataMapping {
  readonly fields: ReadonlyMap<string, MappedTo>
  /** By the name of the field, then by that of the member. */
  readonly members: ReadonlyMap<string, ReadonlyMap<string, MappedTo>>
}

/** Metadata that cannot be taken, and where it stands. */
export class MappingError extends Error {
  override name = 'MappingError'
  readonly path: readonly string[]

  constructor(path: readonly string[], message: string) {
    super(`${path.join('.')} ${message}`)
    this.path = path
  }
}

/** How wide the first column of the description is. */
const width = 34

const targets: readonly string[] = [...kinds, 'none']

/**
 * Reads what `--map` says, beside what goes for the product.
 *
 * @throws TypeError for a field that the product has not
 */
export function readMapping({ name, metadata }: Source, options: readonly string[]): MetadataMapping {
  const fields = new Map(Object.entries(metadata).map(([field, { to }]) => [field, to]))
  const members = new Map<string, Map<string, MappedTo>>()
  for (const option of options) {
    const [, field = '', member, to = ''] = /^([^.=]+)(?:\.(.+))?=(\w+)$/.exec(option) ?? []
    if (!fields.has(field)) throw new TypeError(`--map ${option}: ${name} has ${[...fields.keys()].join(', ')}`)
    if (!targets.includes(to)) throw new TypeError(`--map ${option}: it goes to ${targets.join(', ')}`)
    if (member === undefined) fields.set(field, to as MappedTo)
    else members.set(field, new Map([...(members.get(field) ?? []), [member, to as MappedTo]]))
  }
  return { fields, members }
}

/** Says for people where everything goes, and why. */
export function describeMapping(source: Source, { fields, members }: MetadataMapping): string {
  const row = (name: string, what: string) => `${name.padEnd(width)}${what}`
  const lines = [row(`${source.name} metadata`, 'here'), row(source.idField, 'external id')]
  const warnings: string[] = []
  const add = (name: string, to: MappedTo, why: string, isUsers: boolean | undefined) => {
    lines.push(row(name, `${to === 'none' ? 'left out' : to}${why && `  (${why})`}`))
    if (isUsers && (to === 'public' || to === 'private'))
      warnings.push(`Users could write ${name} themselves: your server will believe what they put there.`)
  }
  for (const [field, to] of fields) {
    const known = source.metadata[field]
    add(field, to, known && known.to === to ? known.why : '', known?.isUsers)
    for (const [member, target] of members.get(field) ?? []) add(`${field}.${member}`, target, '', known?.isUsers)
  }
  return `${[...lines, ...warnings].join('\n')}\n`
}

/**
 * Maps the metadata of one user. Null and what is not there are an empty object.
 *
 * @throws MappingError for what is no JSON object, and for two members that would become one
 */
export function mapMetadata(
  { fields, members }: MetadataMapping,
  metadata: Readonly<Record<string, JsonValue | undefined>>,
): Readonly<Record<Kind, JsonObject>> {
  const mapped = Object.fromEntries(kinds.map((kind) => [kind, {}])) as Record<Kind, Record<string, JsonValue>>
  for (const [field, to] of fields) {
    for (const [key, value] of Object.entries(objectOf(field, metadata[field]))) {
      const target = members.get(field)?.get(key) ?? to
      if (target === 'none' || value === undefined) continue
      const kind = mapped[target]
      if (Object.hasOwn(kind, key)) throw new MappingError([field, key], `is also in what else becomes ${target}`)
      // As a member of its own, whatever it is called.
      Object.defineProperty(kind, key, { value, enumerable: true, configurable: true, writable: true })
    }
  }
  return mapped
}

function objectOf(field: string, value: JsonValue | undefined): JsonObject {
  let parsed = value
  try {
    // In CSV, and of Firebase everywhere, it is a text.
    if (typeof value === 'string') parsed = parseJson(value)
  } catch (error) {
    throw new MappingError([field], (error as Error).message)
  }
  if (parsed === undefined || parsed === null) return {}
  if (!isJsonObject(parsed)) throw new MappingError([field], 'is not a JSON object')
  return parsed
}
