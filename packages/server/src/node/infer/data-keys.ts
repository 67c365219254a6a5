import type { Shape } from './shape.ts'

/** What ids look like: UUIDs, numbers, prefixes with digits behind them, addresses, dates. */
const idLike =
  /^(?:[\da-f]{8}-[\da-f]{4}-[\da-f-]+|\d+|[\da-f]{12,}|[a-z]{1,12}[_-](?=\w*\d)\w{6,}|\S+@\S+|\d{4}-\d\d-\d\d.*|(?=\S*\d)\S{20,})$/i

/** What a programmer calls a member. */
const nameLike = /^[a-z_$][\w$-]{0,39}$/i

/**
 * Tells whether the keys of objects are data, such as ids: then they are no members, and are not to be written down. Of
 * private metadata one such key is enough, and fewer of them have to be seen.
 */
export function areDataKeys(members: ReadonlyMap<string, Shape>, objects: number, isPrivate: boolean): boolean {
  const keys = [...members.keys()]
  const share = [...members.values()].reduce((sum, { seen }) => sum + seen, 0) / Math.max(1, keys.length * objects)
  if (isPrivate) {
    if (keys.some((key) => idLike.test(key) || !nameLike.test(key) || /\d{4}/.test(key))) return true
    return keys.length > 4 && share < 0.2
  }
  if (keys.length >= 2 && keys.every((key) => idLike.test(key))) return true
  return keys.length > 16 && share < 0.1
}
