/** Freezes JSON at every depth, so that what the types call read-only is. A reviver would take three times as long. */
export function freezeJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  // Of what was read of a text all members are its own. No list of them is made: it would be as large again.
  for (const key in value) {
    const member = value[key]
    if (typeof member === 'object') freezeJson(member)
  }
  return Object.freeze(value)
}
