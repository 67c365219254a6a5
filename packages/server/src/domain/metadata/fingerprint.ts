import type { JsonObject } from '@acme/schema'

/**
 * Tells by a few characters whether a value is still the same, to the byte of its JSON text. Whoever makes two values that
 * look alike to it deceives themselves alone.
 */
export function fingerprint(value: JsonObject): string {
  const text = JSON.stringify(value)
  // FNV-1a, twice.
  let [one, other] = [0x811c9dc5, 0x2f0b4c47]
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    one = Math.imul(one ^ code, 0x01000193)
    other = Math.imul(other ^ code, 0x01000197)
  }
  return `${text.length}-${(one >>> 0).toString(36)}-${(other >>> 0).toString(36)}`
}
