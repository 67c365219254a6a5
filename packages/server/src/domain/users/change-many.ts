import type { ErrorItemJson } from '@acme/schema/wire'
import type { Collection, Rows, UserRow } from '../../storage/rows.ts'
import type { Snapshot, Transaction, Write } from '../../storage/storage.ts'
import { Fault, fault, toFault } from '../fault.ts'
import { VersionConflict } from './change-user.ts'

/** What became of one of many changes. */
export type ChangeOutcome = { readonly user: UserRow } | { readonly errors: readonly ErrorItemJson[] }

/** Plans many changes as one transaction, each on top of those before it; one that is refused takes no others with it. */
export function changeMany(plans: readonly Transaction<UserRow>[]): Transaction<readonly ChangeOutcome[]> {
  return {
    reads: plans.flatMap(({ reads }) => reads),
    follow: (rows) => plans.flatMap((plan) => plan.follow?.(rows) ?? []),
    decide(rows) {
      const written = new Map<string, Rows[Collection] | undefined>()
      const seen = onTopOf(rows, written)
      const writes: Write[] = []
      const result = plans.map((plan): ChangeOutcome => {
        try {
          const decision = plan.decide(seen)
          for (const write of decision.writes) note(written, write)
          writes.push(...decision.writes)
          return { user: decision.result }
        } catch (error) {
          return { errors: refusalOf(error) }
        }
      })
      return { writes, result }
    },
  }
}

/** What is told of a change that was refused. @throws what is no refusal */
export function refusalOf(error: unknown): readonly ErrorItemJson[] {
  const known =
    error instanceof VersionConflict ? fault(412, 'version_conflict', 'version conflict', conflict) : toFault(error)
  if (known instanceof Fault) return known.errors
  throw error
}

const conflict = 'The user has another version than if_match names. Read it again and repeat the change.'

function onTopOf(rows: Snapshot, written: ReadonlyMap<string, Rows[Collection] | undefined>): Snapshot {
  return {
    get<C extends Collection>(collection: C, id: string) {
      const row = rows.get(collection, id)
      const name = `${collection}/${id}`
      return written.has(name) ? (written.get(name) as Rows[C] | undefined) : row
    },
  }
}

function note(written: Map<string, Rows[Collection] | undefined>, write: Write): void {
  if ('put' in write) written.set(`${write.put}/${write.row.id}`, write.row)
  else if ('delete' in write) written.set(`${write.delete}/${write.id}`, undefined)
}
