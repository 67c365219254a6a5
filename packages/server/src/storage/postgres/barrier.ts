import { run, type Sql } from './sql.ts'

/** How often it is looked, in milliseconds, and for how long: what writes here is given up long before. */
const pause = 20
const longest = 15_000

declare const setTimeout: (run: () => void, milliseconds: number) => void

/**
 * Waits until every transaction that has begun before now has ended. Those that read the rows that every write reads do so
 * without a lock: what they have read may be older than what was committed since, until they end.
 */
export async function barrier(read: (work: (sql: Sql) => Promise<boolean>) => Promise<boolean>): Promise<void> {
  const until = Date.now() + longest
  let since: string | undefined
  const isOver = async (sql: Sql) => {
    since ??= String((await run(sql, 'SELECT clock_timestamp()::text AS now', []))[0]?.['now'])
    const [row] = await run(
      sql,
      'SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database() ' +
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start <= $1::text::timestamptz",
      [since],
    )
    return Number(row?.['open']) === 0
  }
  while (!(await read(isOver)) && Date.now() < until) {
    await new Promise<void>((resolve) => setTimeout(resolve, pause))
  }
}
