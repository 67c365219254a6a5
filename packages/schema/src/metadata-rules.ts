import type { JsonObject, JsonPath } from './json.ts'
import { MetadataInvalidError } from './metadata-errors.ts'
import type { Kind } from './visibility.ts'

/** How deep metadata may nest; the metadata object itself is level 1. */
export const metadataDepth = 32

/** How many object keys one metadata value may hold, at all depths together. */
export const metadataKeys = 1_024

/** The words of each rule, the same wherever it is checked. */
export const depthRule: string = `is deeper than ${metadataDepth} levels`
export const keysRule: string = `has more than ${metadataKeys} keys`
export const protoRule = 'is not allowed as a key'
export const textRule = 'holds NUL or a lone surrogate'

/** Tells whether a text can be kept by every database: no NUL, no half of a surrogate pair. */
export function isPlainText(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text)
}

/**
 * Refuses what is not metadata: anything but a JSON object, class instances such as `Date`, numbers
 * that JSON cannot write, NUL characters and lone surrogates (PostgreSQL cannot keep them), a key
 * named `__proto__`, more than {@link metadataDepth} levels or {@link metadataKeys} keys. Members that
 * are `undefined` are allowed: they vanish from the JSON text.
 *
 * @throws {@link MetadataInvalidError} naming the path and the reason.
 */
export function assertMetadata(value: unknown, kind?: Kind): asserts value is JsonObject {
  let keys = 0

  const refuseIf = (isBad: unknown, path: JsonPath, message: string): void => {
    if (isBad) throw new MetadataInvalidError({ kind, issues: [{ path, message }] })
  }

  const visit = (value: unknown, path: JsonPath): void => {
    if (typeof value === 'string') refuseIf(!isPlainText(value), path, textRule)
    else if (typeof value !== 'object') refuseIf(typeof value !== 'boolean' && !Number.isFinite(value), path, notJson)
    else if (value) {
      refuseIf(path.length >= metadataDepth, path, depthRule)
      const isArray = Array.isArray(value)
      // A plain object of any realm: its prototype, if it has one, is the end of the chain.
      const prototype = !isArray && Object.getPrototypeOf(value)
      refuseIf(prototype && Object.getPrototypeOf(prototype), path, notJson)
      // Spread, so that the holes of an array, which JSON would fill with null, are seen.
      for (const [key, member] of Object.entries(isArray ? [...value] : value)) {
        if (isArray) visit(member, [...path, Number(key)])
        else if (member !== undefined) {
          const at = [...path, key]
          refuseIf(++keys > metadataKeys, path, keysRule)
          refuseIf(key === '__proto__', at, protoRule)
          refuseIf(!isPlainText(key), at, textRule)
          visit(member, at)
        }
      }
    }
  }

  refuseIf(!value || typeof value !== 'object' || Array.isArray(value), [], 'is not a JSON object')
  visit(value, [])
}

const notJson = 'is not plain JSON'
