import { mostDue } from './due-deliveries.ts'
import { type Share, shardCount } from './shards.ts'

/** From how many events on that wait in a share it has enough to send. */
const enough = 25

/**
 * Whether more is to be told: as fast as that goes, a little now and then, where one share has more than is looked at at once
 * while another has too little, or nothing, since there is enough to send.
 */
export type Appetite = 'hungry' | 'peckish' | 'sated'

/**
 * Knows how many deliveries wait for an endpoint: what cannot be sent yet stays in the feed, where it costs nothing, so that an
 * endpoint that answers nobody has a handful of deliveries whatever is written. It is this process's own view, kept nowhere,
 * and made true by each look at what is due.
 */
export interface Room {
  /** Notes how much was due of a share. */
  noteDue(share: Share, due: number): void
  /** Notes that a share was told of something. */
  noteTold(share: Share): void
  /** Whether an endpoint has too little to send. */
  appetiteOf(endpointId: string): Appetite
}

/** Makes the view of a process, which takes a share that it has not looked at for an empty one. */
export function createRoom(): Room {
  const waiting = new Map<string, number[]>()

  function sharesOf(endpointId: string): number[] {
    const shares = waiting.get(endpointId) ?? Array.from({ length: shardCount }, () => 0)
    waiting.set(endpointId, shares)
    return shares
  }

  return {
    noteDue({ endpointId, shard }, due) {
      sharesOf(endpointId)[shard] = due
    },
    noteTold({ endpointId, shard }) {
      const shares = sharesOf(endpointId)
      shares[shard] = (shares[shard] ?? 0) + 1
    },
    appetiteOf(endpointId) {
      const shares = sharesOf(endpointId)
      if (Math.min(...shares) >= enough) return 'sated'
      return Math.max(...shares) < mostDue ? 'hungry' : 'peckish'
    },
  }
}
