import { parseArgs } from 'node:util'
import { readDatabase } from './config.ts'
import type { Place } from './open-storage.ts'
import { keepYoungSpaceSmall } from './young-space.ts'

/** What a command that moves data is asked for. */
export interface MoveOptions {
  readonly place: Place
  /** What is named besides the options: a file. */
  readonly operand: string | undefined
  readonly isHelp: boolean
}

/**
 * Reads the options that export, import and backup share.
 *
 * @throws TypeError for what they do not know
 */
export function readMoveOptions(args: readonly string[]): MoveOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      data: { type: 'string', default: '.acme' },
      database: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  keepYoungSpaceSmall()
  if (positionals.length > 1) throw new TypeError('too many arguments; see --help')
  const place = { directory: values.data, database: readDatabase(values.database) }
  return { place, operand: positionals[0], isHelp: values.help }
}
