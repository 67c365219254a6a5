import {
  assertMetadata,
  assertMetadataSize,
  type JsonObject,
  kinds,
  type MetadataDefinition,
  metadataField,
} from '@acme/schema'

/**
 * Makes what is sent of what a write was given, and refuses what the server would refuse, before it is sent. Only a
 * whole value can be measured and checked here: what a patch makes of the stored one, the server knows.
 */
export async function toSendable<T extends object>(
  given: T,
  definition: MetadataDefinition | undefined,
  isPatch: boolean,
): Promise<T> {
  const params = definition?.['~encode']?.(given, isPatch) ?? given
  for (const kind of kinds) {
    const value = (params as Record<string, unknown>)[metadataField(kind)]
    if (value === undefined) continue
    assertMetadata(value, kind)
    if (!isPatch) assertMetadataSize(value as JsonObject, kind)
  }
  if (!isPatch) await definition?.['~check'](params)
  return params
}
