import { type IdKind, idPrefixes } from '@acme/schema'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Random bytes that no id has used yet: to ask for many at once costs little more than to ask for one. */
const unused = new Uint8Array(4_096)
let used = unused.length

/** Makes an id that sorts by the time it was made (milliseconds): 8 digits of time and 19 random ones, base 62. */
export function createId(kind: IdKind, now: number): string {
  let id = firstId(kind, now)
  if (used + 19 > unused.length) {
    crypto.getRandomValues(unused)
    used = 0
  }
  // 256 is no multiple of 62, so that some digits come up a quarter more often: 19 of them bear that.
  for (const end = used + 19; used < end; used++) id += digits[(unused[used] as number) % 62]
  return id
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

/** The time that an id can tell of something made at a time, which may be none; another one where it is. */
export function timeForId(time: number | undefined, other: number): number {
  return time !== undefined && Number.isSafeInteger(time) && time >= 0 ? time : other
}

/** Tells when an id was made, in milliseconds since the epoch. */
export function timeOfId(id: string): number {
  const time = id.slice(id.indexOf('_') + 1).slice(0, 8)
  return [...time].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0)
}
