import type { UserRow } from '../../storage/rows.ts'
import type { Deps } from '../deps.ts'
import { fault, paramFault } from '../fault.ts'
import { attemptKeys, counter, forget, spend, takeBack } from './attempts.ts'
import { byAccount, byApp } from './tries.ts'

/**
 * Checks a password for the app's own server. It counts with the sign-ins of the account: an app that asks for a
 * password before something dear lets nobody guess more.
 *
 * @throws Fault 400, 422, or 429 with the seconds to wait
 */
export async function verifyPassword(deps: Deps, { id, passwordHash }: UserRow, password: string): Promise<void> {
  if (passwordHash === null) throw fault(400, 'no_password_set', 'no password set', 'This user has no password.')
  const own = [await counter(deps.limits.account.password, 'password', byApp(id))]
  const shared = [await counter(deps.limits.everywhere.password, 'password', byAccount(id))]
  await spend(deps, [...own, ...shared])
  if (!(await deps.passwords.verify(password, passwordHash)))
    throw paramFault('password', 'incorrect_password', 'is incorrect', 'The password is incorrect.')
  await deps.storage.transact({
    reads: attemptKeys(shared),
    decide: (rows) => ({ writes: [...forget(own), ...takeBack(rows, shared, deps.clock())], result: undefined }),
  })
}
