import { assertMetadata, assertMetadataSize } from '@acme/schema'
import type { Context } from './context.ts'

/**
 * Refuses what the server would refuse, before it is sent. Only a whole value, which is sent
 * with the context, can be measured and held to the app's schema: what a patch makes of the stored one, the
 * server knows.
 */
export async function assertUnsafe(
  params: { readonly unsafeMetadata?: unknown },
  whole?: Context<unknown>,
): Promise<void> {
  const { unsafeMetadata: value } = params
  if (value === undefined) return
  assertMetadata(value, 'unsafe')
  if (whole) {
    assertMetadataSize(value, 'unsafe')
    await whole.definition?.['~check']?.(params)
  }
}
