import type { JsonObject } from './json.ts'
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
  /** Where it looks, from the outside in. */
  const path: (string | number)[] = []

  const refuseIf = (isBad: unknown, message: string): void => {
    if (isBad) throw new MetadataInvalidError({ kind, issues: [{ path, message }] })
  }

  const visitMember = (step: string | number, member: unknown): void => {
    path.push(step)
    if (typeof step === 'string') {
      refuseIf(step === '__proto__', protoRule)
      refuseIf(!isPlainText(step), textRule)
    }
    visit(member)
    path.pop()
  }

  const visit = (value: unknown): void => {
    if (typeof value === 'string') refuseIf(!isPlainText(value), textRule)
    else if (typeof value !== 'object') refuseIf(typeof value !== 'boolean' && !Number.isFinite(value), notJson)
    else if (value) {
      refuseIf(path.length >= metadataDepth, depthRule)
      // By its entries, so that holes, which JSON would fill with null, are seen.
      if (Array.isArray(value)) for (const [index, member] of value.entries()) visitMember(index, member)
      else {
        // A plain object of any realm: its prototype, if it has one, is the end of the chain.
        const prototype = Object.getPrototypeOf(value)
        refuseIf(prototype && Object.getPrototypeOf(prototype), notJson)
        for (const [key, member] of Object.entries(value)) {
          if (member === undefined) continue
          refuseIf(++keys > metadataKeys, keysRule)
          visitMember(key, member)
        }
      }
    }
  }

  refuseIf(!value || typeof value !== 'object' || Array.isArray(value), 'is not a JSON object')
  visit(value)
}

const notJson = 'is not plain JSON'
