import postgres from 'postgres'
import { inject } from 'vitest'

/** An empty database of the PostgreSQL of this run. */
export interface NewDatabase {
  readonly url: string
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>
}

/** Makes an empty database. */
export async function newDatabase(): Promise<NewDatabase> {
  const server = inject('postgres')
  const name = `test_${Math.random().toString(36).slice(2)}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await execute(server, `CREATE DATABASE ${name}`)
  return { url: url.href, drop: () => execute(server, `DROP DATABASE ${name} WITH (FORCE)`) }
}

async function execute(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  await sql.unsafe(statement)
  await sql.end()
}
