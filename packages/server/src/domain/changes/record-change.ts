import type { Actor, ChangeRow, Untold, UserRow } from '../../storage/rows.ts'
import type { Write } from '../../storage/storage.ts'
import type { ChangingDeps } from '../deps.ts'
import type { countChange } from './count-change.ts'
import type { Difference } from './difference.ts'

/** How much is kept of what changed about users. */
export interface HistoryBounds {
  /** For how long, in milliseconds. 0 keeps nothing. */
  readonly lifetime: number
  /** How many changes of each user at the least, while they last, and less than twice as many; see {@link countChange}. */
  readonly size: number
}

/** What is kept unless somebody says otherwise: ninety days. */
export const defaultHistory: HistoryBounds = { lifetime: 7_776_000_000, size: 1_000 }

/** Where no request asked: whoever runs the server. */
export const serverActor: Actor = { side: 'server' }

/**
 * Writes down what a change made of a user: of one who is new, without `before`; of one who is deleted, without
 * `after`. Then all that was kept is forgotten but that, and by whom. Where nothing is kept, what is to be told is there
 * until it was.
 */
export function recordChange(
  deps: ChangingDeps,
  actor: Actor,
  before: UserRow | undefined,
  after: UserRow | undefined,
  difference: Difference,
  untold: Untold | undefined,
  forgetBefore?: number,
): readonly Write[] {
  const user = after ?? before
  if (!user) return []
  const forgetting: Write[] = after ? [] : [{ forgetChangesOf: user.id }]
  const change: ChangeRow = {
    userId: user.id,
    version: after?.version ?? user.version + 1,
    // Later than the change before, as every other.
    at: after?.updatedAt ?? Math.max(deps.clock(), user.updatedAt + 1),
    previousAt: before && after ? before.updatedAt : null,
    action: !before ? 'create' : after ? 'update' : 'delete',
    actor,
    ...difference,
    ...(untold && { untold }),
  }
  if (deps.history.lifetime === 0) return untold ? [...forgetting, { append: passing(change, untold) }] : forgetting
  return [
    ...forgetting,
    { append: change },
    ...(forgetBefore === undefined ? [] : [{ forgetChangesOf: user.id, before: forgetBefore }]),
  ]
}

/** What is left of a change that is kept for nothing but to be told: no value, and nobody who could be known by it. */
function passing(change: ChangeRow, untold: Untold): ChangeRow {
  return { ...change, previousAt: null, actor: serverActor, metadata: {}, untold: { ...untold, isPassing: true } }
}
