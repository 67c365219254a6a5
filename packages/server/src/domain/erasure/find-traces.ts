import type { Collection, Rows, UserRow } from '../../storage/rows.ts'
import type { Storage } from '../../storage/storage.ts'
import { counterNamesOf } from '../sign-in/tries.ts'
import { identifierId, identifiersOf } from '../users/identifiers.ts'
import { type Names, type Trace, traces } from './traces.ts'

/** A row that names a user. */
export type Found = { readonly [C in Collection]: { readonly collection: C; readonly row: Rows[C] } }[Collection]

/** All that names a user, as far as it is known before any row is looked at. */
export interface Known {
  readonly userId: string
  readonly user: UserRow | undefined
  readonly sessionIds: readonly string[]
}

/** The collections that can name a user. */
const naming = (Object.keys(traces) as Collection[]).filter((name) => traces[name] !== 'names nobody')

/** Finds out by what a user is named; to be asked before they are deleted, when their identifiers go. */
export async function knownOf(storage: Storage, userId: string): Promise<Known> {
  const [user, sessions] = await Promise.all([storage.find('users', userId), storage.listSessions(userId)])
  return { userId, user, sessionIds: sessions.map(({ id }) => id) }
}

/** How a collection names users. @throws TypeError for one that names nobody */
export function traceOf<C extends Collection>(collection: C): Trace<Rows[C]> {
  const trace = traces[collection]
  if (trace === 'names nobody') throw new TypeError(`${collection} names nobody`)
  return trace as Trace<Rows[C]>
}

/**
 * Reads every row that can name somebody and gives those that name a user, and by what: what is found to be theirs names
 * them in what is read after it.
 */
export async function findTraces(
  storage: Storage,
  known: Known,
): Promise<{ readonly found: readonly Found[]; readonly names: Names }> {
  const { userId, user } = known
  const ids = new Set([...known.sessionIds, ...(user ? addressIds(user) : [])])
  const identifiers = new Set(user ? identifiersOf(user).map(identifierId) : [])
  const found: Found[] = []
  const names: Names = { userId, ids, identifiers, counters: await counterNamesOf(userId, user) }
  for await (const writes of storage.dump({ collections: naming, hasChanges: false })) {
    for (const write of writes) {
      if (!('put' in write) || traces[write.put] === 'names nobody') continue
      const one = { collection: write.put, row: write.row } as Found
      if (!traceOf(one.collection).names(one.row as never, names)) continue
      found.push(one)
      if (owning.has(one.collection)) ids.add(one.row.id)
    }
  }
  return { found, names }
}

/** What is a user's alone, so that its id names them. */
const owning: ReadonlySet<Collection> = new Set(['sessions', 'signInTokens', 'signUps', 'signIns'])

function addressIds({ emailAddresses, pendingEmailAddresses = [] }: UserRow): readonly string[] {
  return [...emailAddresses, ...pendingEmailAddresses].map(({ id }) => id)
}
