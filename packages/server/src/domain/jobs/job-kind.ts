import type { JsonObject, JsonValue } from '@acme/schema'
import type { JobRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Write } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'

/** What a step came to: what it writes, and where the job stands after it. */
export interface JobProgress {
  /** What else is written in the transaction that notes the progress. */
  readonly writes?: readonly Write[] | undefined
  /** Where the next step goes on. */
  readonly cursor: JsonValue
  /** How many users the job is through with by now, from its beginning. */
  readonly done: number
  /** Of how many, where it was found out. */
  readonly total?: number | undefined
  /** What was found out from the beginning: no value of metadata. @default as it was */
  readonly result?: JsonObject | undefined
  /** Whether this was the last step. */
  readonly isLast?: boolean | undefined
  /** Ends the job as one that failed, with what it writes. */
  readonly error?: JobRow['error'] | undefined
}

/**
 * A step of some hundreds of users at the most, that takes a few milliseconds: which rows it needs, and what it makes of
 * them in one transaction.
 */
export interface JobStep {
  readonly reads: readonly Key[]
  decide(rows: Snapshot, job: JobRow): JobProgress
}

/** What is to be undone when a job ends before its last step. */
export interface JobUndo {
  readonly reads: readonly Key[]
  /** @throws Fault where it may not end, such as 409 */
  decide(rows: Snapshot, job: JobRow): readonly Write[]
}

/** A kind of work that is done in the background. */
export interface JobKind {
  /** Its name on the wire. */
  readonly kind: string
  /**
   * Makes the next step of a job, by what is stored; it may be made more than once. What it throws ends the job: a Fault
   * with its words, anything else as a fault of the server.
   */
  readonly step: (deps: Deps, job: JobRow) => Promise<JobStep>
  /** Whether somebody outside takes the steps at the moment. @default never */
  readonly isDriven?: (job: JobRow) => boolean
  /** Undoes what was begun, in the transaction in which the job is cancelled or fails. */
  readonly undo?: (job: JobRow) => JobUndo
}

/** Every kind of job, by its name. */
export type JobKinds = Readonly<Record<string, JobKind>>

/** Whether the next step of a job is this server's to take. */
export function isOurs(kinds: JobKinds, job: JobRow): boolean {
  const kind = kinds[job.kind]
  return kind !== undefined && !kind.isDriven?.(job)
}
