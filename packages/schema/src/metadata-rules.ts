import type { JsonObject, JsonPath } from './json.ts'
import { MetadataInvalidError } from './metadata-errors.ts'
import type { Kind } from './visibility.ts'

/** How deep metadata may nest; the metadata object itself is level 1. */
export const metadataDepth = 32

/** How many object keys one metadata value may hold, at all depths together. */
export const metadataKeys = 1_024

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
  const refuse = (path: JsonPath, message: string): never => {
    throw new MetadataInvalidError({ kind, issues: [{ path: [...path], message }] })
  }
  const path: (string | number)[] = []
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      if (!isPlainText(value)) refuse(path, textRule)
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) refuse(path, `${value} is not a JSON number`)
    } else if (typeof value !== 'object') {
      if (typeof value !== 'boolean') refuse(path, `${typeof value} is not JSON`)
    } else if (value !== null) {
      if (path.length >= metadataDepth) refuse(path, depthRule)
      if (Array.isArray(value)) {
        for (let index = 0; index < value.length; index++) step(index, value[index])
        return
      }
      const prototype = Object.getPrototypeOf(value)
      // A plain object of any realm: its prototype, if it has one, is the end of the chain.
      if (prototype && Object.getPrototypeOf(prototype)) {
        refuse(path, `${prototype.constructor?.name ?? 'a class'} is not JSON; convert it to a string or a plain object`)
      }
      for (const [key, member] of Object.entries(value)) {
        if (member === undefined) continue
        if (++keys > metadataKeys) refuse(path, keysRule)
        if (key === '__proto__') refuse([...path, key], protoRule)
        if (!isPlainText(key)) refuse(path, textRule)
        step(key, member)
      }
    }
  }
  const step = (key: string | number, member: unknown): void => {
    path.push(key)
    visit(member)
    path.pop()
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, objectRule)
  visit(value)
}

/** The words of each rule, the same wherever it is checked. */
export const depthRule: string = `nests deeper than ${metadataDepth} levels`
export const keysRule: string = `has more than ${metadataKeys} keys`
export const objectRule = 'must be a JSON object'
export const protoRule = 'the key __proto__ is not allowed'
export const textRule = 'text must not hold NUL characters or lone surrogates'

/** Tells whether a text can be kept by every database: no NUL, no half of a surrogate pair. */
export function isPlainText(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text)
}
