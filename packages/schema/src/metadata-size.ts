import type { JsonObject, JsonPath, JsonValue } from './json.ts'
import { MetadataTooLargeError } from './metadata-errors.ts'
import { metadataLimit } from './metadata-limit.ts'
import type { Kind } from './visibility.ts'

/** Measures a JSON value: the UTF-8 bytes of its compact JSON text, as `JSON.stringify` writes it. */
export function metadataBytes(value: JsonValue | object): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

/**
 * Refuses metadata over {@link metadataLimit}.
 *
 * @throws {@link MetadataTooLargeError} with the bytes, the limit and the largest members.
 */
export function assertMetadataSize(value: JsonObject, kind: Kind): void {
  // Most are so small that their characters tell, of which none has more than three bytes.
  if (JSON.stringify(value).length * 3 <= metadataLimit) return
  const bytes = metadataBytes(value)
  if (bytes <= metadataLimit) return
  throw new MetadataTooLargeError({ kind, bytes, largest: largestMembers(value) })
}

/** The three largest members, so that the error says where the bytes are. */
function largestMembers(value: JsonObject): { path: JsonPath; bytes: number }[] {
  return Object.entries(value)
    .map(([key, member]) => ({ path: [key], bytes: metadataBytes(member) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, 3)
}
