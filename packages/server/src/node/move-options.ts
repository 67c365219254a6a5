import { parseArgs } from 'node:util'
import type { Place } from './open-storage.ts'
import { placeOptions, readPlace } from './place-options.ts'
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
    options: { ...placeOptions, help: { type: 'boolean', default: false } },
  })
  keepYoungSpaceSmall()
  if (positionals.length > 1) throw new TypeError('too many arguments; see --help')
  return { place: readPlace(values), operand: positionals[0], isHelp: values.help }
}
