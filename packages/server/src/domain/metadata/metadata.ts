import {
  applyMergePatch,
  assertMetadata,
  assertMetadataSize,
  type JsonObject,
  type Kind,
  kinds,
  metadataParam,
} from '@acme/schema'

/** The metadata of a user, every kind. */
export type AllMetadata = Readonly<Record<Kind, JsonObject>>

/** What a user has before anything is set. */
export const noMetadata: AllMetadata = Object.fromEntries(kinds.map((kind) => [kind, {}])) as Record<Kind, JsonObject>

/** How a change applies: merged in (RFC 7396), or in place of what is there. */
export type ChangeMode = 'merge' | 'replace'

/**
 * Applies the metadata parameters of a request, all of them or none. The rules and the limit hold for what
 * comes out; the caller has seen to it that only kinds are given which it may write.
 *
 * @throws MetadataInvalidError or MetadataTooLargeError
 */
export function changeMetadata(
  current: AllMetadata,
  params: { readonly [param: string]: unknown },
  mode: ChangeMode,
): AllMetadata {
  const next: Record<Kind, JsonObject> = { ...current }
  for (const kind of kinds) {
    const value = params[metadataParam(kind)]
    if (value === undefined) continue
    assertMetadata(value, kind)
    next[kind] = mode === 'merge' ? applyMergePatch(current[kind], value) : value
    // Once more: a merge of two that hold may be too deep, or have too many keys.
    assertMetadata(next[kind], kind)
    assertMetadataSize(next[kind], kind)
  }
  return next
}
