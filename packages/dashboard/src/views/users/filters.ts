import { canRead, type JsonValue } from '@acme/schema'
import { readPlace, type Schemas, schemaAt, typesOf } from '../../metadata/schema-parts.ts'

/** What is asked about a value of the metadata: `public.plan = pro`. */
export interface Filter {
  readonly path: string
  readonly comparison: Comparison
  /** As it was written; what it means follows from the schema. */
  readonly text: string
}

const comparisons = ['=', '>=', '<=', '>', '<', 'in', 'exists'] as const

/** How a value is compared. */
export type Comparison = (typeof comparisons)[number]

const params: Readonly<Record<Comparison, string>> = {
  '=': 'metadata',
  '>=': 'metadata_gte',
  '<=': 'metadata_lte',
  '>': 'metadata_gt',
  '<': 'metadata_lt',
  in: 'metadata_in',
  exists: 'metadata',
}

const form = /^\s*([^\s=<>]+)\s*(>=|<=|=|>|<|\bin\b|\bexists\b)\s*(.*?)\s*$/

/** Reads a filter, as a person writes it. Undefined for what is none, which is searched for as text then. */
export function readFilter(text: string): Filter | undefined {
  const [, path = '', comparison, value = ''] = form.exec(text) ?? []
  if (!comparison || !readPlace(path) || (value === '' && comparison !== 'exists')) return undefined
  return { path, comparison: comparison as Comparison, text: comparison === 'exists' ? '' : value }
}

/** Writes a filter as a person would. */
export function writeFilter({ path, comparison, text }: Filter): string {
  return `${path} ${comparison} ${text}`.trim()
}

/** Whether a filter is about what no page of an app may see: it stands in no address. */
export function isHidden(path: string): boolean {
  const place = readPlace(path)
  return place !== undefined && !canRead('frontend', place.kind)
}

/** Writes filters as parameters of the Backend API. */
export function toParams(filters: readonly Filter[], schemas: Schemas): readonly (readonly [string, string])[] {
  return filters.flatMap(({ path, comparison, text }) => {
    const place = readPlace(path)
    if (!place) return []
    const name = `${params[comparison]}${[place.kind, ...place.keys].map((step) => `[${step}]`).join('')}`
    const root = schemas[place.kind]
    const types = root ? typesOf(schemaAt(root, place.keys), root) : []
    const read = (one: string) => readValue(one, types)
    if (comparison === 'exists') return [[name, ''] as const]
    const value = comparison === 'in' ? text.split(',').map((one) => read(one.trim())) : read(text)
    return [[name, JSON.stringify(value)] as const]
  })
}

/** What was meant: JSON where it is some, and a text where the schema says so or nothing else fits. */
function readValue(text: string, types: readonly string[]): JsonValue {
  let value: JsonValue = text
  try {
    value = JSON.parse(text) as JsonValue
  } catch {}
  const isText = typeof value === 'string' || (types.length > 0 && types.every((type) => type === 'string'))
  return isText && typeof value !== 'string' ? text : value
}
