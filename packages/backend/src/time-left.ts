import type { CallOptions } from '@acme/schema'

/** Gives the options of each next request of a call that takes several: what is left of the time allowed for all of it. */
export function timeLeft<Options extends CallOptions>(options: Options, totalTimeout: number): () => Options {
  const deadline = Date.now() + (options.totalTimeout ?? totalTimeout)
  return () => ({ ...options, totalTimeout: Math.max(1, deadline - Date.now()) })
}
