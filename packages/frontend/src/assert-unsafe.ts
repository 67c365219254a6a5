import { assertMetadata, assertMetadataSize } from '@acme/schema'

/**
 * Refuses what the server would refuse, before it is sent. Only a whole value can be measured here: what
 * a patch makes of the stored one, the server knows.
 */
export function assertUnsafe(params: { readonly unsafeMetadata?: unknown }, isWhole?: boolean): void {
  const { unsafeMetadata: value } = params
  if (value === undefined) return
  assertMetadata(value, 'unsafe')
  if (isWhole) assertMetadataSize(value, 'unsafe')
}
