import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { JsonPath } from '@acme/schema'
import type { LeftOut } from './foreign-user.ts'

/** Why a record was not taken, or a part of it. Never a value of it. */
export interface Refusal {
  readonly code: string
  readonly message: string
  /** Which parameter of the Backend API it would have been, and where in it. */
  readonly param?: string | undefined
  readonly path?: JsonPath | undefined
  /** Of metadata that is too large. */
  readonly bytes?: number | undefined
  readonly limit?: number | undefined
}

/** What is said of one record that was not taken as it was. */
export interface ReportLine {
  /** Its place in the file, from 1. */
  readonly record: number
  readonly external_id: string
  readonly outcome: 'refused' | 'partly'
  readonly reasons?: readonly Refusal[]
  readonly left_out?: readonly LeftOut[]
}

/** A file of lines of JSON, readable by its owner alone. */
export interface ImportReport {
  add(line: ReportLine): Promise<void>
  close(): Promise<void>
}

/** Makes the file anew. */
export function createReport(file: string): ImportReport {
  const stream = createWriteStream(file, { mode: 0o600 })
  let failure: Error | undefined
  stream.on('error', (error) => {
    failure = error
  })
  return {
    async add(line) {
      if (failure) throw failure
      if (!stream.write(`${JSON.stringify(line)}\n`)) await once(stream, 'drain')
    },
    async close() {
      stream.end()
      if (!stream.closed && !failure) await once(stream, 'close')
      if (failure) throw failure
    },
  }
}
