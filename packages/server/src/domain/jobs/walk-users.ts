import type { JobRow, UserRow } from '../../storage/rows.ts'
import type { Deps } from '../deps.ts'
import type { JobProgress } from './job-kind.ts'

/** How many users a step looks at, unless it says otherwise. */
const stepSize = 300

/** Some of all users, and where a job stands once it is through with them. */
export interface WalkedUsers {
  readonly users: readonly UserRow[]
  readonly progress: Pick<JobProgress, 'cursor' | 'done' | 'total' | 'isLast'>
}

/** All of a user that says where they stand among the others. */
type Cursor = Pick<UserRow, 'id' | 'createdAt'>

/**
 * Reads the users that come next on a job's way through all that there were when it began, in the order they were created.
 * Before the first of them it waits for the writes that were under way: what they had read may be older than the job.
 */
export async function walkUsers(
  deps: Pick<Deps, 'storage'>,
  job: JobRow,
  limit: number = stepSize,
): Promise<WalkedUsers> {
  const { storage } = deps
  const cursor = job.cursor as unknown as Cursor | null
  if (cursor === null) await storage.barrier()
  const total = cursor === null ? await storage.countUsers({}) : (job.total ?? undefined)
  const query = { filter: {}, orderBy: 'created_at', direction: 'ascending', limit, offset: 0 } as const
  const users = await storage.listUsers({ ...query, after: cursor ?? undefined })
  const last = users.at(-1)
  const next = last ? { createdAt: last.createdAt, id: last.id } : (cursor ?? { createdAt: 0, id: '' })
  const done = job.done + users.length
  const isLast = users.length < limit
  // Those who were created meanwhile are walked by as well.
  return { users, progress: { cursor: next, done, total: isLast ? done : Math.max(done, total ?? 0), isLast } }
}
