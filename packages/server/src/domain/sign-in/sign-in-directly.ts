import type { Transaction } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'
import { notFound } from '../fault.ts'
import { userKey } from '../users/change-user.ts'
import { beginSession, newClient, newToken } from './clients.ts'

/** Plans to sign a user in on a client of its own without any proof, for whoever runs the server; gives the client's token. */
export async function signInDirectly(deps: Deps, userId: string): Promise<Transaction<string>> {
  const { client } = await newClient(deps)
  const { token, secretDigest } = await newToken(client.id)
  return {
    reads: [userKey(userId)],
    decide(rows) {
      const user = rows.get('users', userId)
      if (!user) throw notFound('user', userId)
      return { writes: beginSession(deps, client, user, secretDigest).writes, result: token }
    },
  }
}
