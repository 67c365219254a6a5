import { isJsonObject, type JsonObject, type JsonPath, type JsonValue } from '@acme/schema'

/** What one side did at one place: a value, or its absence, in place of another. */
export interface Change {
  readonly path: JsonPath
  readonly from: JsonValue | undefined
  readonly to: JsonValue | undefined
}

/** What both sides did at one place, or one below the other. */
export interface Collision {
  readonly mine: Change
  readonly theirs: Change
}

/** What became of two sets of changes to one value. */
export interface Merged {
  /** With all that does not collide, and mine where it does. */
  readonly value: JsonObject
  readonly mine: readonly Change[]
  readonly theirs: readonly Change[]
  readonly collisions: readonly Collision[]
}

/**
 * Lists what differs, by the places that a merge patch (RFC 7396) knows: members of objects at every depth. Arrays and
 * scalars change as a whole. Nothing is listed twice, and no place lies below another.
 */
export function listChanges(from: JsonObject, to: JsonObject, path: JsonPath = []): readonly Change[] {
  return Object.keys({ ...from, ...to }).flatMap((key) => {
    const [before, after] = [own(from, key), own(to, key)]
    const at = [...path, key]
    if (same(before, after)) return []
    // What was not there is as good as empty: two who each add a member to it do not collide.
    const isInner =
      isJsonObject(after) && (isJsonObject(before) || (before === undefined && Object.keys(after).length > 0))
    if (isInner) return listChanges(isJsonObject(before) ? (before as JsonObject) : {}, after as JsonObject, at)
    return [{ path: at, from: before, to: after }]
  })
}

/** Does some changes to a value; what they lie in is made where it is not there. */
export function applyChanges(value: JsonObject, changes: readonly Change[]): JsonObject {
  return changes.reduce((result, { path, to }) => put(result, path, to), value)
}

/**
 * Merges what two people did to one value, of which both knew the state before. What one of them did alone is done; where
 * they did different things, mine stands and the collision is told.
 */
export function mergeThreeWay(base: JsonObject, mine: JsonObject, theirs: JsonObject): Merged {
  const myChanges = listChanges(base, mine)
  const theirChanges = listChanges(base, theirs)
  const collisions = myChanges.flatMap((my) =>
    theirChanges
      .filter((their) => overlaps(my.path, their.path) && !isSameChange(my, their))
      .map((their) => ({ mine: my, theirs: their })),
  )
  const lost = new Set(collisions.map((collision) => collision.theirs))
  const kept = theirChanges.filter((change) => !lost.has(change))
  return {
    value: applyChanges(applyChanges(base, kept), myChanges),
    mine: myChanges,
    theirs: theirChanges,
    collisions,
  }
}

/** Settles collisions: theirs where that was chosen, with everything else as merged. */
export function settle(base: JsonObject, merged: Merged, takeTheirs: (collision: Collision) => boolean): JsonObject {
  const given = merged.collisions.filter(takeTheirs)
  const dropped = new Set(given.map(({ mine }) => mine))
  const mine = merged.mine.filter((change) => !dropped.has(change))
  // Theirs that still meets one of mine, which was kept, gives way to it.
  const theirs = merged.theirs.filter((change) =>
    mine.every((my) => !overlaps(my.path, change.path) || isSameChange(my, change)),
  )
  return applyChanges(applyChanges(base, theirs), mine)
}

/** Tells whether two values are the same JSON, in whatever order their members stand. */
export function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same((a as JsonObject)[key], (b as JsonObject)[key]))
  )
}

function isSameChange(a: Change, b: Change): boolean {
  return a.path.length === b.path.length && same(a.to, b.to)
}

function overlaps(a: JsonPath, b: JsonPath): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short.every((step, index) => step === long[index])
}

function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function put(value: JsonObject, [key, ...rest]: JsonPath, to: JsonValue | undefined): JsonObject {
  const members = new Map(Object.entries(value))
  const name = `${key}`
  if (rest.length > 0) {
    const inner = members.get(name)
    // To take something out of what is not there changes nothing.
    if (to === undefined && !isJsonObject(inner)) return value
    members.set(name, put(isJsonObject(inner) ? (inner as JsonObject) : {}, rest, to))
  } else if (to === undefined) members.delete(name)
  else members.set(name, to)
  return Object.fromEntries(members)
}
