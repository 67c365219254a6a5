import type { CallOptions, PatchView, RegisteredMetadata } from '@acme/schema'
import { modify } from '@acme/transport'
import type { User } from './user.ts'

/** What a modification takes besides the function. */
export interface ModifyOptions extends CallOptions {
  /** How often to compute and write again when the user was changed meanwhile. @default 20 */
  readonly retries?: number | undefined
}

/**
 * Computes a merge patch from the user and writes it on the condition that the user is still the same; computes
 * again from the fresh user otherwise, so that no change of another tab is lost. A function of its own, so that
 * an app without it does not load it. The function given may run several times.
 *
 * @throws MetadataConflictError when every retry met another change; AcmeError `version_missing` where the
 * server keeps no versions.
 *
 * @example
 * await modifyMetadata(user, ({ unsafeMetadata }) => ({ unsafeMetadata: { visits: unsafeMetadata.visits + 1 } }))
 */
export function modifyMetadata<M = RegisteredMetadata>(
  user: User<M>,
  change: (user: User<M>) => PatchView<'frontend', M> | Promise<PatchView<'frontend', M>>,
  { retries, ...options }: ModifyOptions = {},
): Promise<User<M>> {
  const write = async (user: User<M>, ifMatch: number) =>
    user.updateMetadata(await change(user), { ...options, ifMatch })
  return modify(user, write, { retries, signal: options.signal })
}
