import type { Actor, SessionRow, UserRow } from '../../storage/rows.ts'
import type { Transaction, Write } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import { fault, notFound, paramFault } from '../fault.ts'
import { byAccount, type Caller, forgetTries, spendTry, triesAt } from '../sign-in/tries.ts'
import { changeUser, type Ending, endSessions, sessionKey } from './change-user.ts'
import { assertPassword } from './user-fields.ts'

/** What a password is changed to, and by what proof. */
export interface PasswordChange {
  /** Asked for where there is one. */
  readonly current: string | undefined
  readonly next: string
  readonly endsOtherSessions: boolean
}

/** Plans to set the password of the signed-in user. @throws Fault 422, or 429 with the seconds to wait */
export async function changePassword(
  deps: Deps,
  caller: Caller,
  session: SessionRow,
  { current, next, endsOtherSessions }: PasswordChange,
): Promise<Transaction<UserRow>> {
  await assertPassword(deps, next, 'new_password')
  const proved = await provePassword(deps, caller, session.userId, current)
  const passwordHash = await deps.passwords.hash(next)
  if (!endsOtherSessions) return setPassword(deps, caller.actor, proved, { passwordHash })
  const over = { listed: await deps.storage.listSessions(session.userId), but: session.id }
  return setPassword(deps, caller.actor, proved, { passwordHash, known: [session.clientId], over })
}

/** Plans to take the password of the signed-in user away. @throws Fault 400, 422, or 429 with the seconds to wait */
export async function removeOwnPassword(
  deps: Deps,
  caller: Caller,
  userId: string,
  current: string | undefined,
): Promise<Transaction<UserRow>> {
  const proved = await provePassword(deps, caller, userId, current)
  if (proved.user.passwordHash === null) throw noPassword()
  return setPassword(deps, caller.actor, proved, { passwordHash: null })
}

/** Plans to take the password of a user away, for the Backend API; who was signed in by it goes on, unless asked otherwise. */
export async function removePassword(
  deps: Deps,
  actor: Actor,
  id: string,
  endsSessions: boolean,
): Promise<Transaction<UserRow>> {
  const listed = endsSessions ? await deps.storage.listSessions(id) : []
  return changeUser(deps, actor, id, undefined, {
    reads: listed.map(sessionKey),
    change(user, rows) {
      if (user.passwordHash === null) throw noPassword()
      assertOtherWayIn(user)
      const ended = endsSessions ? endSessions(deps, rows, user, { listed }) : []
      return { user: { ...user, passwordHash: null, ...(endsSessions && { knownClientIds: [] }) }, writes: ended }
    },
  })
}

/** A user whose password was proved, and what to write once it is used. */
interface Proved {
  readonly user: UserRow
  readonly writes: readonly Write[]
}

/** Counts like a sign-in on this client: whoever finds it open is not to guess what opens others. */
async function provePassword(deps: Deps, caller: Caller, userId: string, current: string | undefined): Promise<Proved> {
  const user = await deps.storage.find('users', userId)
  if (!user) throw notFound('user', userId)
  if (user.passwordHash === null) return { user, writes: [] }
  if (!current) throw paramFault('current_password', 'form_param_missing', 'is missing', 'Give the current password.')
  const tries = await triesAt(deps, 'password', caller, { by: byAccount(userId), isKnown: true })
  await spendTry(deps, tries)
  if (!(await deps.passwords.verify(current, user.passwordHash))) throw incorrect()
  return { user, writes: forgetTries(tries) }
}

/** What becomes of a user whose password was proved. */
interface Outcome {
  readonly passwordHash: string | null
  /** The clients they are known on from now on; without, they stay. */
  readonly known?: readonly string[]
  /** The sessions that end. */
  readonly over?: Ending
}

function setPassword(
  deps: Deps,
  actor: Actor,
  proved: Proved,
  { passwordHash, known, over }: Outcome,
): Transaction<UserRow> {
  return changeUser(deps, actor, proved.user.id, undefined, {
    reads: over?.listed.map(sessionKey) ?? [],
    change(user, rows) {
      // Changed while the hash was computed: what was proved is no longer the user's password.
      if (user.passwordHash !== proved.user.passwordHash) throw incorrect()
      if (passwordHash === null) assertOtherWayIn(user)
      const ended = over ? endSessions(deps, rows, user, over) : []
      const next = { ...user, passwordHash, ...(known && { knownClientIds: known }) }
      return { user: next, writes: [...proved.writes, ...ended] }
    },
  })
}

function assertOtherWayIn(user: UserRow): void {
  if (user.primaryEmailAddressId !== null) return
  const long = 'The password is all by which this user can sign in. Add an e-mail address first.'
  throw fault(422, 'last_identification_deletion_failed', 'cannot be removed', long)
}

function incorrect() {
  return paramFault('current_password', 'form_password_incorrect', 'is incorrect', 'The password is incorrect.')
}

function noPassword() {
  return fault(400, 'no_password_set', 'no password set', 'This user has no password.')
}
