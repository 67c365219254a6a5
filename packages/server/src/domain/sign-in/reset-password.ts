import type { Transaction } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import { notFound } from '../fault.ts'
import { changeUser, endSessions, sessionKey } from '../users/change-user.ts'
import { assertPassword } from '../users/user-fields.ts'
import { newToken } from './clients.ts'
import { completeSignIn, holderOf, readsOf, type SignInResult, targetOf } from './sign-ins.ts'
import { type Caller, forgetTries, triesAt } from './tries.ts'

/** What a forgotten password is replaced by. */
export interface PasswordReset {
  readonly password: string
  readonly endsOtherSessions: boolean
}

/**
 * Plans to give a user another password, and to complete the sign-in whose code proved that they may. Who was signed in by
 * the one before is signed out, unless it is asked otherwise.
 */
export async function resetPassword(
  deps: Deps,
  caller: Caller,
  id: string,
  { password, endsOtherSessions }: PasswordReset,
): Promise<Transaction<SignInResult>> {
  const { client, actor } = caller
  await assertPassword(deps, password)
  const { storage } = deps
  const signIn = await storage.find('signIns', id)
  const userId = signIn?.userId ?? null
  const mayReset = signIn?.clientId === client.id && signIn.status === 'needs_new_password'
  if (!mayReset || userId === null || signIn.abandonAt < deps.clock()) throw notFound('sign in', id)
  const user = await storage.find('users', userId)
  const tries = await triesAt(deps, 'password', caller, targetOf(client, signIn, user))
  const passwordHash = await deps.passwords.hash(password)
  const { token, secretDigest } = await newToken(client.id)
  const listed = endsOtherSessions ? await storage.listSessions(userId) : []
  const change = changeUser(deps, actor, userId, undefined, {
    reads: listed.map(sessionKey),
    change: (current, rows) => ({
      user: { ...current, passwordHash, ...(endsOtherSessions && { knownClientIds: [] }) },
      writes: endsOtherSessions ? endSessions(deps, rows, current, { listed }) : [],
    }),
  })
  return {
    ...change,
    reads: [...readsOf(client, signIn), { collection: 'signIns', id }, ...change.reads],
    decide(rows) {
      const stored = rows.get('signIns', id)
      // Taken off the account since the code was sent, the address proves nothing any more.
      if (stored?.status !== 'needs_new_password' || !holderOf(rows, stored)) throw notFound('sign in', id)
      const changed = change.decide(rows)
      const done = completeSignIn(deps, rows, caller, stored, changed.result, token, secretDigest)
      return { ...done, writes: [...changed.writes, ...done.writes, ...forgetTries(tries)] }
    },
  }
}
