import { isJsonObject, type JsonObject, type JsonValue } from '@acme/schema'

/**
 * Gives what a reference refers to by a JSON Pointer (RFC 6901) into the same document; true, which says nothing of a
 * value, for any other one.
 */
export function resolveReference(root: JsonObject, reference: string): JsonValue {
  if (reference !== '#' && !reference.startsWith('#/')) return true
  let found: JsonValue | undefined = root
  for (const step of decoded(reference).split('/').slice(1)) {
    // A document in the document has pointers of its own.
    if (found === undefined || found === null || typeof found !== 'object') return true
    if (found !== root && isJsonObject(found) && '$id' in found) return true
    found = (found as { readonly [key: string]: JsonValue })[step.replace(/~1/g, '/').replace(/~0/g, '~')]
  }
  return found ?? true
}

function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference)
  } catch {
    return reference
  }
}
