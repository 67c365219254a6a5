/** Into how many shares the users of an endpoint are split, each of which one process at a time sends. */
export const shardCount = 4

/** A part of what is to be sent: that of an endpoint, to some of the users. */
export interface Share {
  readonly endpointId: string
  readonly shard: number
}

/** The share that a user belongs to: always the same, so that the order of their events is one process's to keep. */
export function shardOf(userId: string): number {
  // FNV-1a.
  let hash = 0x811c9dc5
  for (let index = 0; index < userId.length; index++) hash = Math.imul(hash ^ userId.charCodeAt(index), 0x01000193)
  return (hash >>> 0) % shardCount
}
