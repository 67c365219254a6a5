import type { ChangeRow, Collection, Rows } from './rows.ts'
import type { Write } from './storage.ts'

/** How many rows are read of a database at a time to move it. */
export const dumpSize = 1_000

/** The write that puts a row somewhere else. */
export function dumpedRow(collection: Collection, row: Rows[Collection]): Write {
  return { put: collection, row } as Write
}

/** The write that puts a change of a user somewhere else, its members in the same order whatever kept it. */
export function dumpedChange(change: ChangeRow): Write {
  const { userId, version, at, previousAt, action, actor, fields, metadata, untold } = change
  return { append: { userId, version, at, previousAt, action, actor, fields, metadata, ...(untold && { untold }) } }
}
