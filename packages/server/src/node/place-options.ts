import { readDatabase } from './config.ts'
import type { Place } from './open-storage.ts'

/** The options by which a command is told where everything is kept. */
export const placeOptions = {
  data: { type: 'string', default: '.acme' },
  database: { type: 'string' },
} as const

/** What the help of a command says of them. */
export const placeHelp = `  --data <directory>         of the SQLite database (default .acme)
  --database <url>           of the PostgreSQL database, unless ACME_DATABASE_URL names it
`

/** Reads where everything is kept. @throws TypeError for what is no URL of a database */
export function readPlace(values: { readonly data: string; readonly database?: string | undefined }): Place {
  return { directory: values.data, database: readDatabase(values.database) }
}
