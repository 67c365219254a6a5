import type { StandardSchemaV1 } from '@standard-schema/spec'
import { type $ZodType, safeEncode } from 'zod/v4/core'
import type { MetadataCodecs } from './define-metadata.ts'

/** What is known of a type of zod's: the parts that a patch of it has types in. */
interface Def {
  readonly type: string
  readonly innerType?: $ZodType
  readonly shape?: Readonly<Record<string, $ZodType>>
  readonly valueType?: $ZodType
}

/**
 * Codecs for schemas of zod and zod/mini (`z.codec`): app code reads and writes the schema's output, a `Date` for
 * example, and the JSON it encodes to travels and is stored. A transform that runs one way only cannot be encoded
 * and is refused by zod. Patches are encoded member by member; `null`, which deletes, stays.
 *
 * @example
 * const date = z.codec(z.iso.datetime(), z.date(), {
 *   decode: (text) => new Date(text),
 *   encode: (date) => date.toISOString(),
 * })
 * export const metadata = defineMetadata({ unsafe: z.object({ seenAt: date.optional() }) }, { codecs: zodCodecs })
 */
export const zodCodecs: MetadataCodecs = {
  encode: (schema, value) => toResult(schema as unknown as $ZodType, value),
  encodePatch: (schema, patch) => encodePatch(schema as unknown as $ZodType, patch),
}

function toResult(type: $ZodType, value: unknown): StandardSchemaV1.Result<unknown> {
  const result = safeEncode(type, value as never)
  return result.success ? { value: result.data } : { issues: result.error.issues }
}

function encodePatch(type: $ZodType, patch: unknown): StandardSchemaV1.Result<unknown> {
  const isObject = patch !== null && typeof patch === 'object' && Object.getPrototypeOf(patch) === Object.prototype
  if (!isObject) return toResult(type, patch)
  const { shape, valueType } = inner(type)
  if (!shape && !valueType) {
    // A patch of a union, say: whether it fits, only the whole value tells.
    const result = toResult(type, patch)
    return result.issues ? { value: patch } : result
  }
  const issues: StandardSchemaV1.Issue[] = []
  const members = Object.entries(patch).map(([key, value]) => {
    const member = shape && Object.hasOwn(shape, key) ? shape[key] : valueType
    if (!member || value === null || value === undefined) return [key, value]
    const result = encodePatch(member, value)
    if (!result.issues) return [key, result.value]
    issues.push(...result.issues.map((issue) => ({ ...issue, path: [key, ...(issue.path ?? [])] })))
    return [key, value]
  })
  return issues.length > 0 ? { issues } : { value: Object.fromEntries(members) }
}

/** What stands inside `optional`, `nullable`, `default` and the like. */
function inner(type: $ZodType): Def {
  const def = type._zod.def as unknown as Def
  return def.innerType ? inner(def.innerType) : def
}
