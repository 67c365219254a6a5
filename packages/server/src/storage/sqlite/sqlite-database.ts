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

/** Gives the prepared statement of a text, made once. */
export type Sql = (text: string) => SqliteStatement

/** A condition of a WHERE clause and the values it binds. */
export interface Condition {
  readonly sql: string
  readonly values: readonly SqliteValue[]
}

/** The condition that all of some hold. */
export function every(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(' AND ') || 'TRUE',
    values: conditions.flatMap(({ values }) => values),
  }
}
