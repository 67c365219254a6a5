import { assertMetadata, assertMetadataSize, type LooseJson } from '@acme/schema'
import type { Context } from './context.ts'

/**
 * Makes what is sent of what a write was given, and refuses what the server would refuse, before it is sent. For
 * a patch, `stored` is the user as the server told it last; what it makes of the value stored by then can only be
 * measured by the server.
 */
export async function toSendable<T extends object>(
  given: T,
  { definition }: Pick<Context<unknown>, 'definition'>,
  stored?: LooseJson,
): Promise<T> {
  const params = definition?.['~encode']?.(given, !!stored) ?? given
  const { unsafeMetadata: value } = params as { unsafeMetadata?: unknown }
  if (value !== undefined) {
    assertMetadata(value, 'unsafe')
    if (!stored) assertMetadataSize(value, 'unsafe')
    await definition?.['~check'](params, stored)
  }
  return params
}
