/** What the storage needs of a prepared statement. */
export interface SqliteStatement {
  all(...values: SqliteValue[]): unknown[]
  get(...values: SqliteValue[]): unknown
  run(...values: SqliteValue[]): { readonly changes: number | bigint }
}

/** A value that SQLite keeps. */
export type SqliteValue = string | number | null

/** What the storage needs of an open database; Node's `DatabaseSync` has it. */
export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
  close(): void
}
