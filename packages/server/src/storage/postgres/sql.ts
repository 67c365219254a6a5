import type postgres from 'postgres'

/** The connections to one database. */
export type Sql = postgres.Sql

/** What statements are run on: any connection, or that of a transaction. */
export type Runner = Pick<postgres.Sql, 'unsafe'>

/** A value that is bound to a statement. Lists travel as JSON, so that no type has to be asked for. */
export type Value = string | number | boolean | null

/** Runs a statement, which the database is to prepare once for each connection, unless its plan depends on the values. */
export async function run(
  runner: Runner,
  text: string,
  values: readonly Value[],
  prepare = true,
): Promise<readonly Row[]> {
  return await runner.unsafe(text, [...values], { prepare })
}

/** A row as it came. */
export type Row = Readonly<Record<string, unknown>>

/** Collects the values of a statement as it is written; gives the name that stands for one. */
export type Bind = (value: Value) => string

/** Makes the list of the values of one statement. */
export function bindings(): { readonly values: readonly Value[]; readonly bind: Bind } {
  const values: Value[] = []
  return { values, bind: (value) => `$${values.push(value)}` }
}

/** Any of some texts, as SQL. */
export function anyOf(texts: readonly string[], bind: Bind): string {
  return `ARRAY(SELECT json_array_elements_text(${bind(JSON.stringify(texts))}::text::json))`
}
