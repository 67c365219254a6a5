import type { JobListRow, JobRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Storage, Write } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'

/** How many jobs may be open at once, and how many that are over are kept. */
export const maxOpenJobs = 20
const maxOverJobs = 100

/** For how long a job that is over can still be read, in milliseconds: thirty days. */
export const jobAfterlife = 2_592_000_000

/** The row that names all jobs. */
export const allJobs = { collection: 'jobLists', id: 'all' } as const
allJobs satisfies Key

/** Names a job in a transaction. */
export function jobKey(id: string): Key & { readonly collection: 'jobs' } {
  return { collection: 'jobs', id }
}

/** Whether nothing is done for a job any more. */
export function isOver({ status }: JobRow): boolean {
  return status !== 'queued' && status !== 'running'
}

/** The row that names all jobs, as a transaction read it. */
export function jobList(rows: Snapshot): JobListRow {
  return rows.get(allJobs.collection, allJobs.id) ?? { id: allJobs.id, open: [], over: [] }
}

/** Every job that is kept, newest first. */
export async function listJobs({ storage }: Pick<Deps, 'storage'>): Promise<readonly JobRow[]> {
  const list = await storage.find(allJobs.collection, allJobs.id)
  const ids = [...(list?.open ?? []), ...(list?.over ?? [])]
  const found = (await Promise.all(ids.map((id) => storage.find('jobs', id)))).filter((row) => row !== undefined)
  return found.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
}

/** Puts jobs that are over among those, and forgets the oldest. */
export async function fileJobs(storage: Storage, ids: readonly string[]): Promise<void> {
  await storage.transact({
    reads: [allJobs],
    decide(rows) {
      const { id, ...list } = jobList(rows)
      const filed = list.open.filter((one) => ids.includes(one))
      const over = [...list.over, ...filed]
      const forgotten = over.slice(0, Math.max(0, over.length - maxOverJobs))
      const row = { id, open: list.open.filter((one) => !filed.includes(one)), over: over.slice(forgotten.length) }
      const writes: Write[] = forgotten.map((one) => ({ delete: 'jobs', id: one }))
      return { writes: filed.length > 0 ? [...writes, { put: 'jobLists', row }] : [], result: undefined }
    },
  })
}
