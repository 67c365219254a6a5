import type { TestProject } from 'vitest/node'
import { startPostgres } from './start-postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: string
  }
}

/** Starts one PostgreSQL for all tests of a run, in which each makes databases of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, close } = await startPostgres()
  project.provide('postgres', url)
  return close
}
