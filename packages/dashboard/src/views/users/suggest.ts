import type { MetadataIndexJson } from '@acme/schema/wire'
import { readPlace, type Schemas, schemaAt, valuesOf } from '../../metadata/schema-parts.ts'

/** What may be meant by what is being written into the search. */
export interface Suggestion {
  /** What the search becomes. */
  readonly text: string
  readonly hint: string
  /** Whether it says all that is needed. */
  readonly isWhole: boolean
}

/** How many are offered. */
const most = 8

/** Completes a filter: the paths that have an index, then what stands there by the schema. */
export function suggest(text: string, indexes: readonly MetadataIndexJson[], schemas: Schemas): readonly Suggestion[] {
  const [, path = '', , value = ''] = /^\s*([^\s=<>]+)\s*(=)\s*(.*)$/.exec(text) ?? []
  const index = indexes.find((one) => one.path === path)
  if (index) {
    const place = readPlace(path)
    const root = place && schemas[place.kind]
    if (!place || !root) return []
    return valuesOf(schemaAt(root, place.keys), root)
      .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
      .filter((one) => one.startsWith(value) && one !== value)
      .slice(0, most)
      .map((one) => ({ text: `${path} = ${one}`, hint: 'value', isWhole: true }))
  }
  const sought = text.trim().toLowerCase()
  if (sought === '' || /[\s@=<>]/.test(sought)) return []
  return indexes
    .filter((one) => one.path.toLowerCase().includes(sought))
    .slice(0, most)
    .map((one) => ({
      text: `${one.path} = `,
      hint: one.state === 'ready' ? 'indexed metadata' : 'index is being built',
      isWhole: false,
    }))
}
