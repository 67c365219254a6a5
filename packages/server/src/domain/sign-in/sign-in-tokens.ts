import type { SignInTokenJson } from '@acme/schema/wire'
import { createSecret, digest, equalDigests } from '../../auth/digest.ts'
import type { SignInTokenRow } from '../../storage/rows.ts'
import type { Key, Transaction } from '../../storage/storage.ts'
import { createId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { fault, notFound } from '../fault.ts'
import { userKey } from '../users/change-user.ts'

/** How long a sign-in token may wait to be used, in seconds, when nothing else is asked for. */
const defaultLifetime = 2_592_000

/** A sign-in token, and its secret when it was made now. */
export interface MadeSignInToken {
  readonly row: SignInTokenRow
  readonly token?: string | undefined
}

/** Plans to make a ticket by which a user signs in once. */
export async function createSignInToken(
  deps: Deps,
  userId: string,
  lifetime: number | null | undefined,
): Promise<Transaction<MadeSignInToken>> {
  const now = deps.clock()
  const id = createId('signInToken', now)
  const secret = createSecret()
  const row: SignInTokenRow = {
    id,
    userId,
    secretDigest: await digest(secret),
    status: 'pending',
    createdAt: now,
    updatedAt: now,
    expireAt: now + (lifetime ?? defaultLifetime) * 1_000,
  }
  return {
    reads: [userKey(userId)],
    decide(rows) {
      if (!rows.get('users', userId)) throw notFound('user', userId)
      return { writes: [{ put: 'signInTokens', row }], result: { row, token: `${id}.${secret}` } }
    },
  }
}

/** Plans to take a ticket back. */
export function revokeSignInToken(deps: Deps, id: string): Transaction<MadeSignInToken> {
  return {
    reads: [signInTokenKey(id)],
    decide(rows) {
      const current = rows.get('signInTokens', id)
      if (!current) throw notFound('sign in token', id)
      const row: SignInTokenRow = { ...current, status: 'revoked', updatedAt: deps.clock() }
      return { writes: [{ put: 'signInTokens', row }], result: { row } }
    },
  }
}

/** Reads a ticket: its row, when its secret is right. @throws Fault 400 */
export async function readTicket(deps: Deps, ticket: string): Promise<SignInTokenRow> {
  const [, id, secret] = /^(sit_[A-Za-z0-9]+)\.([\w-]+)$/.exec(ticket) ?? []
  const row = id ? await deps.storage.find('signInTokens', id) : undefined
  if (!row || !secret || !equalDigests(row.secretDigest, await digest(secret))) {
    throw fault(400, 'ticket_invalid_code', 'Ticket is invalid', 'The ticket is invalid.')
  }
  return row
}

/** Uses a ticket up, as it is now. @throws Fault 400 when it is not to be used, or no more */
export function acceptTicket(deps: Deps, row: SignInTokenRow | undefined): SignInTokenRow {
  const now = deps.clock()
  if (row?.status === 'accepted') {
    throw fault(400, 'sign_in_token_already_used_code', 'Already used', 'This sign-in token has been used before.')
  }
  if (row?.status !== 'pending') throw fault(400, 'ticket_invalid_code', 'Ticket is invalid', 'The ticket is invalid.')
  if (row.expireAt <= now) throw fault(400, 'ticket_expired_code', 'Ticket expired', 'The ticket has expired.')
  return { ...row, status: 'accepted', updatedAt: now }
}

/** Names a sign-in token in a transaction. */
export function signInTokenKey(id: string): Key {
  return { collection: 'signInTokens', id }
}

/** Shows a sign-in token. */
export function signInTokenJson({ row, token }: MadeSignInToken): SignInTokenJson {
  return {
    id: row.id,
    object: 'sign_in_token',
    user_id: row.userId,
    ...(token !== undefined && { token }),
    status: row.status,
    url: null,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  }
}
