import { areDataKeys } from './data-keys.ts'
import type { Inferred, Member } from './inferred.ts'
import { mergeShapes, type Primitive, type Shape, type Strings } from './shape.ts'
import { comma, showValue } from './source-text.ts'
import { stringFormats } from './string-format.ts'

/** What may be written down. */
export interface InferOptions {
  /** Whether it is private metadata, of which no key that may be data is written down. */
  readonly isPrivate: boolean
  /** Whether values may be written down, as members of an enum and as examples. */
  readonly showsValues: boolean
}

const mostInEnum = 8
/** How often each member of an enum has to be seen on average. */
const timesInEnum = 5
/** How often a format has to be seen. */
const timesOfFormat = 3
/** A share below which something is worth an example. */
const rare = 0.05

/** Infers the type of what was seen. */
export function inferType(shape: Shape, options: InferOptions): Inferred {
  const found: Inferred[] = []
  const { primitives, strings, arrays, objects } = shape
  if (strings) found.push(stringType(strings, primitives.string?.seen ?? 0, options))
  if (primitives.number) found.push({ type: 'number' })
  else if (primitives.integer) found.push({ type: 'integer' })
  if (primitives.boolean) found.push({ type: 'boolean' })
  if (arrays) found.push({ type: 'array', items: inferType(arrays.items, options) })
  if (objects) {
    const { members, values, seen } = objects
    if (values) found.push({ type: 'record', values: inferType(values, options) })
    else if (members && members.size > 0 && areDataKeys(members, seen, options.isPrivate)) {
      found.push({ type: 'record', values: inferType(mergeShapes([...members.values()]), options) })
    } else if (members?.size === 0) found.push({ type: 'record', values: { type: 'unknown' } })
    else found.push({ type: 'object', members: membersOf(members ?? new Map(), seen, options) })
  }
  if (shape.nulls > 0) found.push({ type: 'null' })
  const [first, ...rest] = found
  if (!first) return { type: 'unknown' }
  return rest.length > 0 ? { type: 'union', options: found } : first
}

function stringType({ values, formats }: Strings, seen: number, { showsValues }: InferOptions): Inferred {
  const format = stringFormats.find((name) => formats[name].seen === seen)
  if (format && seen >= timesOfFormat) return { type: 'string', format }
  // Of one value alone nobody knows what else there may be.
  const isFew = values && values.size > 1 && values.size <= mostInEnum && seen >= values.size * timesInEnum
  if (showsValues && isFew) return { type: 'enum', values: [...values.keys()].sort() }
  return { type: 'string' }
}

function membersOf(members: ReadonlyMap<string, Shape>, seen: number, options: InferOptions): readonly Member[] {
  return [...members]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, shape]) => ({
      key,
      isOptional: shape.seen < seen,
      value: inferType(shape, options),
      note: noteOf(shape, seen, options),
    }))
}

/** Says in one line how often a member was seen, and what is rare about it. */
function noteOf(shape: Shape, of: number, { showsValues }: InferOptions): string {
  const parts = [shape.seen === of ? `in all ${comma(of)}` : `in ${comma(shape.seen)} of ${comma(of)}`]
  const shown = (examples: readonly (string | number | boolean)[]) =>
    showsValues && examples.length > 0 ? `, such as ${examples.map(showValue).join(', ')}` : ''
  const types: [string, number, readonly (string | number | boolean)[]][] = [
    ...(
      Object.entries(shape.primitives) as [Primitive, { seen: number; examples: (string | number | boolean)[] }][]
    ).map(([type, { seen, examples }]): [string, number, readonly (string | number | boolean)[]] => [
      type,
      seen,
      examples,
    ]),
    ['array', shape.arrays?.seen ?? 0, []],
    ['object', shape.objects?.seen ?? 0, []],
    ['null', shape.nulls, []],
  ]
  const there = types.filter(([, count]) => count > 0)
  if (there.length > 1) {
    for (const [type, count, examples] of there) {
      parts.push(`${type} ${comma(count)}×${count / shape.seen < rare ? shown(examples) : ''}`)
    }
  }
  for (const format of stringFormats) {
    const all = shape.primitives.string?.seen ?? 0
    const { seen, others } = shape.strings?.formats[format] ?? { seen: 0, others: [] }
    if (seen < all && seen / all > 1 - rare) parts.push(`${format} but for ${comma(all - seen)}${shown(others)}`)
  }
  return parts.join('; ')
}
