import { fchmodSync, fstatSync, readFileSync } from 'node:fs'
import {
  canRead,
  isId,
  type JsonObject,
  JsonTextError,
  type JsonValue,
  kinds,
  metadataParam,
  parseJson,
} from '@acme/schema'
import { backendMetadataBody } from '@acme/schema/wire'
import { defaultHistory, serverActor } from '../../domain/changes/record-change.ts'
import type { ChangingDeps } from '../../domain/deps.ts'
import { eraseUser } from '../../domain/erasure/erase-user.ts'
import { exportUser } from '../../domain/erasure/export-user.ts'
import { type AdmissionChange, changeAdmission } from '../../domain/users/admission.ts'
import { findUserByIdentifier } from '../../domain/users/identifiers.ts'
import { userJson } from '../../domain/users/user-json.ts'
import { changeUserMetadata, deleteUser } from '../../domain/users/users.ts'
import { validate } from '../../http/validate.ts'
import { readWhenNeeded } from '../../storage/read-when-needed.ts'
import type { UserRow } from '../../storage/rows.ts'
import type { Storage } from '../../storage/storage.ts'
import type { Place } from '../open-storage.ts'
import type { UsersFlags } from './users-command.ts'

/** What is asked of one user. */
export interface Asked {
  readonly storage: Storage
  readonly place: Place
  /** Who, as it was typed. */
  readonly who: string
  readonly flags: UsersFlags
}

/** Does what was asked, and gives what to print. */
export type UserAction = (asked: Asked) => Promise<string>

/** What can be asked, by name. Whatever changes a user is what the Backend API does, signed as the server's own. */
export const userActions: Readonly<Record<string, UserAction>> = {
  async get(asked) {
    const user = await findUser(asked)
    return shown(user, asked.flags['include-private'])
  },
  async set(asked) {
    const params = Object.fromEntries(
      kinds.flatMap((kind) => {
        const text = asked.flags[kind]
        return text === undefined ? [] : [[metadataParam(kind), readPatch(kind, text)]]
      }),
    )
    if (Object.keys(params).length === 0) {
      throw new TypeError(`users set takes one of ${kinds.map((kind) => `--${kind} <json>`).join(', ')}`)
    }
    const body = validate(backendMetadataBody, params as JsonObject, 'backend')
    const { id } = await findUser(asked)
    const deps = depsOf(asked)
    return described(
      'set',
      await deps.storage.transact(changeUserMetadata(deps, serverActor, id, body, 'merge', undefined)),
    )
  },
  ban: (asked) => admit(asked, 'ban'),
  unban: (asked) => admit(asked, 'unban'),
  async export(asked) {
    if (process.stdout.isTTY) throw new Error('an export is all that is kept of somebody: send it into a file, > file')
    // The shell has made it, readable by whomever the umask lets.
    if (fstatSync(1).isFile()) fchmodSync(1, 0o600)
    const id = isId('user', asked.who) ? asked.who : (await findUser(asked)).id
    return toText(await exportUser(asked.storage, id, Date.now()))
  },
  async erase(asked) {
    const id = exactId(asked, 'erase')
    const { wait, untold, 'no-vacuum': keepsFiles } = asked.flags
    const seconds = Number(wait)
    if (!(seconds >= 0)) throw new TypeError('--wait takes a number of seconds')
    const options = { wait: seconds * 1_000, forgetsUntold: untold, rewrites: !keepsFiles }
    const receipt = await eraseUser(depsOf(asked), id, options)
    if (receipt.untold > 0) {
      process.exitCode = 1
      process.stderr.write(
        `acme-server: ${receipt.untold} webhook events are not delivered yet, which name the user: run this again, or ` +
          'with --untold, which forgets them\n',
      )
    }
    return toText(receipt)
  },
  async delete(asked) {
    const id = exactId(asked, 'delete')
    const deps = depsOf(asked)
    await deps.storage.transact(await deleteUser(deps, serverActor, id, undefined))
    return `${id} is deleted. What else names them goes within days; users erase removes it now.\n`
  },
}

async function admit(asked: Asked, kind: AdmissionChange): Promise<string> {
  const { id } = await findUser(asked)
  const deps = depsOf(asked)
  return described(kind, await deps.storage.transact(await changeAdmission(deps, serverActor, id, kind)))
}

/** What changing a user needs, where no server runs. */
export function depsOf({ storage }: Pick<Asked, 'storage'>): ChangingDeps {
  return { storage: readWhenNeeded(storage), clock: Date.now, history: defaultHistory }
}

/** Finds the user that was typed. @throws Error */
export async function findUser({ storage, who }: Pick<Asked, 'storage' | 'who'>): Promise<UserRow> {
  const user = isId('user', who) ? await storage.find('users', who) : await findUserByIdentifier(storage, who)
  if (!user) throw new Error('there is no such user: give an id (user_…), an e-mail address or a username')
  return user
}

/** The id that was typed: what cannot be undone is not done to whomever a name leads to. @throws TypeError */
export function exactId({ who }: Pick<Asked, 'who'>, name: string): string {
  if (!isId('user', who)) throw new TypeError(`users ${name} takes the id of a user (user_…): users get tells it`)
  return who
}

/** Writes a user; what browsers may not see of them only where it is asked for. */
function shown(user: UserRow, isWhole: boolean): string {
  const hidden = isWhole ? [] : kinds.filter((kind) => !canRead('frontend', kind)).map(metadataParam)
  const json: Record<string, unknown> = { ...userJson(user, 'backend', Date.now()) }
  for (const param of hidden) delete json[param]
  return toText(json)
}

function toText(json: object): string {
  return `${JSON.stringify(json, null, 2)}\n`
}

function described(what: string, { id, version }: UserRow): string {
  return `${what}: ${id} is at version ${version}\n`
}

/** Reads what to merge. @throws TypeError that quotes nothing of it */
function readPatch(kind: string, text: string): JsonValue {
  try {
    return parseJson(text === '-' ? readFileSync(0, 'utf8') : text)
  } catch (error) {
    if (error instanceof JsonTextError) throw new TypeError(`--${kind} ${error.message}: it takes a JSON object, or -`)
    throw error
  }
}
