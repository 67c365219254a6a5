import { parseArgs } from 'node:util'
import { type Kind, kinds } from '@acme/schema'
import { Fault, toFault } from '../../domain/fault.ts'
import { openStorage } from '../open-storage.ts'
import { placeHelp, placeOptions, readPlace } from '../place-options.ts'
import { type UserAction, userActions } from './user-actions.ts'

/** What `users --help` prints. */
export const usersHelp: string = `acme-server users: look at one user, change them, or forget them, whether servers run or not

  users get <who>            print a user as JSON
  users set <who>            merge into their metadata (RFC 7396): --public '{"plan":"pro"}', - reads standard input
  users ban <who>            let them in no more, and sign them out everywhere
  users unban <who>          let them in again
  users delete <id>          delete them; their changes are forgotten, webhooks are told
  users export <who> > file  write all that is kept of them as one JSON object
  users erase <id>           delete them and all that names them, and print a receipt

  <who> is an id (user_…), an e-mail address or a username; what cannot be undone takes the id alone.

  --include-private          get: private metadata, too
${kinds.map((kind) => `  --${`${kind} <json>`.padEnd(24)} set: what to merge into ${kind} metadata; null deletes a member\n`).join('')}  --wait <seconds>           erase: how long endpoints of webhooks may take to be told (default 60)
  --untold                   erase: do not wait for them, and forget what they were not told
  --no-vacuum                erase: do not write the SQLite file anew; see the page "Support and erasure"
${placeHelp}
`

const options = {
  ...placeOptions,
  ...(Object.fromEntries(kinds.map((kind) => [kind, { type: 'string' }])) as Record<
    (typeof kinds)[number],
    { readonly type: 'string' }
  >),
  'include-private': { type: 'boolean', default: false },
  wait: { type: 'string', default: '60' },
  untold: { type: 'boolean', default: false },
  'no-vacuum': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** What the command line says besides which user: a text of each kind of metadata, and how it is to be done. */
export interface UsersFlags extends Readonly<Partial<Record<Kind, string>>> {
  readonly 'include-private': boolean
  readonly wait: string
  readonly untold: boolean
  readonly 'no-vacuum': boolean
}

/**
 * Runs `users …` on a database and gives what to print.
 *
 * @throws Error for a wrong command line, a user who is not there, or what the rules refuse, in the words of the API
 */
export async function runUsersCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options })
  if (values.help) return usersHelp
  const [name = '', who = '', ...rest] = positionals
  const action: UserAction | undefined = Object.hasOwn(userActions, name) ? userActions[name] : undefined
  if (!action) throw new TypeError(`users takes ${Object.keys(userActions).join(', ')}\n\n${usersHelp}`)
  if (who === '' || rest.length > 0) throw new TypeError(`users ${name} takes one user`)
  const place = readPlace(values)
  const storage = await openStorage({ ...place, migrates: false })
  try {
    return await action({ storage, place, who, flags: values })
  } catch (error) {
    const known = toFault(error)
    throw known instanceof Fault
      ? new Error(known.errors.map((one) => one.long_message ?? one.message).join('\n'))
      : error
  } finally {
    await storage.close()
  }
}
