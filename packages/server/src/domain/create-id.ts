import { type IdKind, idPrefixes } from '@acme/schema'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Makes an id that sorts by the time it was made (milliseconds): 8 digits of time and 19 random ones, base 62. */
export function createId(kind: IdKind, now: number): string {
  // 256 is no multiple of 62, so that some digits come up a quarter more often: 19 of them bear that.
  const random = Array.from(crypto.getRandomValues(new Uint8Array(19)), (byte) => digits[byte % 62]).join('')
  return firstId(kind, now) + random
}

/** The text that sorts before the ids that were made at a time (milliseconds) or later, and behind those from before. */
export function firstId(kind: IdKind, now: number): string {
  let time = ''
  for (let rest = now, index = 0; index < 8; index++) {
    time = digits[rest % 62] + time
    rest = Math.floor(rest / 62)
  }
  return `${idPrefixes[kind]}_${time}`
}

/** Tells when an id was made, in milliseconds since the epoch. */
export function timeOfId(id: string): number {
  const time = id.slice(id.indexOf('_') + 1).slice(0, 8)
  return [...time].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0)
}
