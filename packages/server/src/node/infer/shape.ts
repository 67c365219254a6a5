import { isJsonObject, type JsonValue } from '@acme/schema'
import { hasFormat, type StringFormat, stringFormats } from './string-format.ts'

/** The types of JSON, integers apart. */
export type Primitive = 'string' | 'integer' | 'number' | 'boolean'

/** What was seen at one place of many values. Of values it holds a few, of keys so many at most. */
export interface Shape {
  seen: number
  nulls: number
  readonly primitives: Partial<Record<Primitive, { seen: number; readonly examples: (string | number | boolean)[] }>>
  strings?: Strings | undefined
  arrays?: { seen: number; readonly items: Shape } | undefined
  objects?: Objects | undefined
}

/** What was seen of texts. */
export interface Strings {
  /** How often each was seen; undefined once there are too many of them. */
  values: Map<string, number> | undefined
  readonly formats: Record<StringFormat, { seen: number; readonly others: string[] }>
}

/** What was seen of objects. */
export interface Objects {
  seen: number
  /** By key; undefined once there are too many keys. */
  members: Map<string, Shape> | undefined
  /** What all keys hold, once there are too many. */
  values: Shape | undefined
}

/** How many shapes there may be in all, so that no data can make it take more and more memory. */
export interface Budget {
  left: number
}

const mostShapes = 20_000
const mostKeys = 64
const mostValues = 12
const longestValue = 64
const mostExamples = 2
const longestExample = 40

/** Makes what is allowed. */
export function createBudget(): Budget {
  return { left: mostShapes }
}

/** Makes the shape of nothing seen. */
export function createShape(): Shape {
  return { seen: 0, nulls: 0, primitives: {} }
}

/** Adds a value to what was seen. */
export function observe(shape: Shape, value: JsonValue, budget: Budget): void {
  shape.seen++
  if (value === null) shape.nulls++
  else if (Array.isArray(value)) {
    shape.arrays ??= { seen: 0, items: newShape(budget) }
    shape.arrays.seen++
    for (const item of value) observe(shape.arrays.items, item, budget)
  } else if (isJsonObject(value)) observeObject(shape, value, budget)
  else {
    const type = typeOf(value as string | number | boolean)
    addPrimitive(shape, type, 1, [value as string | number | boolean])
    if (typeof value === 'string') observeString(shape, value)
  }
}

function addPrimitive(
  { primitives }: Shape,
  type: Primitive,
  seen: number,
  examples: readonly (string | number | boolean)[],
): void {
  const known = primitives[type] ?? { seen: 0, examples: [] }
  primitives[type] = known
  known.seen += seen
  for (const example of examples) addExample(known.examples, example)
}

function typeOf(value: string | number | boolean): Primitive {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number'
  return typeof value as 'string' | 'boolean'
}

function observeString(shape: Shape, text: string): void {
  shape.strings ??= {
    values: new Map(),
    formats: Object.fromEntries(
      stringFormats.map((format) => [format, { seen: 0, others: [] }]),
    ) as unknown as Strings['formats'],
  }
  const { strings } = shape
  if (strings.values) {
    strings.values.set(text, (strings.values.get(text) ?? 0) + 1)
    if (strings.values.size > mostValues || text.length > longestValue) strings.values = undefined
  }
  for (const format of stringFormats) {
    const known = strings.formats[format]
    if (hasFormat(text, format)) known.seen++
    else addExample(known.others, text)
  }
}

function observeObject(shape: Shape, value: Readonly<Record<string, JsonValue | undefined>>, budget: Budget): void {
  shape.objects ??= { seen: 0, members: new Map(), values: undefined }
  const { objects } = shape
  objects.seen++
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    const known = objects.members?.get(key)
    if (!known && objects.members && (objects.members.size >= mostKeys || budget.left <= 0)) collapse(objects, budget)
    if (objects.values) observe(objects.values, member, budget)
    else {
      const child = known ?? newShape(budget)
      objects.members?.set(key, child)
      observe(child, member, budget)
    }
  }
}

/** Takes the keys for data: all they hold is one. */
function collapse(objects: Objects, budget: Budget): void {
  objects.values = mergeShapes([...(objects.members?.values() ?? [])])
  budget.left += objects.members?.size ?? 0
  objects.members = undefined
}

function newShape(budget: Budget): Shape {
  budget.left--
  return createShape()
}

function addExample<T extends string | number | boolean>(examples: T[], value: T): void {
  if (examples.length >= mostExamples) return
  const short = (
    typeof value === 'string' && value.length > longestExample ? `${value.slice(0, longestExample)}…` : value
  ) as T
  if (!examples.includes(short)) examples.push(short)
}

/** Makes one of many: what was seen at all their places together. */
export function mergeShapes(shapes: readonly Shape[]): Shape {
  const merged = createShape()
  for (const shape of shapes) {
    merged.seen += shape.seen
    merged.nulls += shape.nulls
    for (const [type, { seen, examples }] of Object.entries(shape.primitives)) {
      addPrimitive(merged, type as Primitive, seen, examples)
    }
  }
  const strings = shapes.flatMap((shape) => shape.strings ?? [])
  if (strings.length > 0) merged.strings = mergeStrings(strings)
  const arrays = shapes.flatMap((shape) => shape.arrays ?? [])
  if (arrays.length > 0) {
    merged.arrays = { seen: sum(arrays), items: mergeShapes(arrays.map(({ items }) => items)) }
  }
  const objects = shapes.flatMap((shape) => shape.objects ?? [])
  if (objects.length > 0) merged.objects = mergeObjects(objects)
  return merged
}

function mergeStrings(all: readonly Strings[]): Strings {
  let values: Map<string, number> | undefined = new Map()
  for (const one of all) {
    if (!one.values) values = undefined
    for (const [text, seen] of one.values ?? []) values?.set(text, (values.get(text) ?? 0) + seen)
  }
  if (values && values.size > mostValues) values = undefined
  const formats = Object.fromEntries(
    stringFormats.map((format) => {
      const others: string[] = []
      for (const one of all) for (const text of one.formats[format].others) addExample(others, text)
      return [format, { seen: sum(all.map((one) => one.formats[format])), others }]
    }),
  )
  return { values, formats: formats as Strings['formats'] }
}

function mergeObjects(all: readonly Objects[]): Objects {
  const keys = new Set(all.flatMap(({ members }) => [...(members?.keys() ?? [])]))
  if (all.some(({ members }) => !members) || keys.size > mostKeys) {
    const values = all.flatMap(({ members, values: one }) => (one ? [one] : [...(members?.values() ?? [])]))
    return { seen: sum(all), members: undefined, values: mergeShapes(values) }
  }
  const members = new Map([...keys].map((key) => [key, mergeShapes(all.flatMap((one) => one.members?.get(key) ?? []))]))
  return { seen: sum(all), members, values: undefined }
}

function sum(counts: readonly { readonly seen: number }[]): number {
  return counts.reduce((total, { seen }) => total + seen, 0)
}
