import { AcmeError, isAcmeError } from '@acme/schema'
import type { CreateUserBody } from '@acme/schema/wire'
import type { UserRow } from '../../storage/rows.ts'
import { serverActor } from '../changes/record-change.ts'
import type { Deps } from '../deps.ts'
import { Fault } from '../fault.ts'
import { createUser } from './users.ts'

/**
 * Creates users by the rules of the Backend API, without a request for each.
 *
 * @throws AcmeError with the code of the first refusal; those that are not refused are created
 */
export async function createUsers(deps: Deps, bodies: readonly CreateUserBody[]): Promise<readonly UserRow[]> {
  const created = await Promise.allSettled(
    bodies.map(async (body) => deps.storage.transact(await createUser(deps, serverActor, body))),
  )
  return created.map((result) => {
    if (result.status === 'fulfilled') return result.value
    const { reason } = result
    if (!(reason instanceof Fault)) throw isAcmeError(reason) ? reason : new Error('a user was not created')
    const [item] = reason.errors
    throw new AcmeError({ code: item?.code ?? 'unexpected', message: item?.long_message ?? '' })
  })
}
