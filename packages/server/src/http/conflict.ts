import type { Side } from '@acme/schema'
import { Fault } from '../domain/fault.ts'
import type { VersionConflict } from '../domain/users/change-user.ts'
import { userJson } from '../domain/users/user-json.ts'

/** Makes the fault of a condition that does not hold; it shows the user as a side may see them. */
export function conflict({ user }: VersionConflict, side: Side, now: number): Fault {
  const long = 'The user has another version than If-Match names. Read it again and repeat the change.'
  const meta = { current: userJson(user, side, now) } as object
  return new Fault(412, [
    { code: 'version_conflict', message: 'version conflict', long_message: long, meta: meta as never },
  ])
}
