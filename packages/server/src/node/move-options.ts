import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { readDatabase } from './config.ts'
import type { Place } from './open-storage.ts'

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
  // Each row is needed for a moment: room for young objects would only grow, to twice the memory.
  setFlagsFromString('--max-semi-space-size=2')
  setFlagsFromString('--semi-space-growth-factor=1')
  if (positionals.length > 1) throw new TypeError('too many arguments; see --help')
  const place = { directory: values.data, database: readDatabase(values.database) }
  return { place, operand: positionals[0], isHelp: values.help }
}
