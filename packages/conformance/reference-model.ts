// What metadata must come to, written a second time and on purpose in another way: it shares no code with the
// packages that it judges.

/** A JSON value whose objects are maps, so that no key can be mistaken for an inherited member. */
type Model = string | number | boolean | null | readonly Model[] | ReadonlyMap<string, Model>

/** Reads a JSON value into the model. */
function toModel(value: unknown): Model {
  if (Array.isArray(value)) return value.map(toModel)
  if (typeof value === 'object' && value !== null)
    return new Map(Object.keys(value).map((key) => [key, toModel(Object.getOwnPropertyDescriptor(value, key)?.value)]))
  return value as Model
}

/** Gives a text that is equal for equal values, whatever the order of keys. */
function toText(model: Model): string {
  if (Array.isArray(model)) return `[${model.map(toText)}]`
  if (!(model instanceof Map)) return JSON.stringify(model)
  const members = [...model].map(([key, value]) => `${JSON.stringify(key)}:${toText(value)}`)
  return `{${members.sort()}}`
}

/** RFC 7396, section 2: the algorithm as it is printed there. */
function mergePatch(target: Model | undefined, patch: Model): Model {
  if (!(patch instanceof Map)) return patch
  const result = new Map(target instanceof Map ? target : [])
  for (const [name, value] of patch) {
    if (value === null) result.delete(name)
    else result.set(name, mergePatch(result.get(name), value))
  }
  return result
}

/** The canonical text of a JSON value. */
export function canonical(value: unknown): string {
  return toText(toModel(value))
}

/** The canonical text of what a target becomes by a merge patch. */
export function canonicalMerge(target: unknown, patch: unknown): string {
  return toText(mergePatch(toModel(target), toModel(patch)))
}

/** The fifteen examples of RFC 7396, appendix A: target, patch, result. */
export const appendixA: readonly (readonly [string, string, string])[] = [
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', '{}'],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', 'null', 'null'],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
  ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
]
