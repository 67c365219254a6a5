import { createSecret, digest } from '../auth/digest.ts'
import type { ClientRow, SessionRow, UserRow } from '../storage/rows.ts'
import type { Write } from '../storage/storage.ts'
import { createId } from './create-id.ts'
import type { Deps } from './deps.ts'

/** A client and the token it is known by, which only the client keeps. */
export interface KnownClient {
  readonly client: ClientRow
  /** Given when the token is new, so that the reply hands it over. */
  readonly token?: string | undefined
}

/** Makes a client. */
export async function newClient(deps: Deps): Promise<Required<KnownClient>> {
  const now = deps.clock()
  const id = createId('client', now)
  const { token, secretDigest } = await newToken(id)
  const client: ClientRow = {
    id,
    secretDigest,
    sessionIds: [],
    lastActiveSessionId: null,
    signUpId: null,
    signInId: null,
    createdAt: now,
    updatedAt: now,
  }
  return { client, token }
}

/** Makes another token for a client: the one before is no longer good. */
export async function newToken(clientId: string): Promise<{ readonly token: string; readonly secretDigest: string }> {
  const secret = createSecret()
  return { token: `${clientId}.${secret}`, secretDigest: await digest(secret) }
}

/** Begins a session on a client, under an id and a token that did not exist before (no session fixation). */
export function beginSession(
  deps: Deps,
  client: ClientRow,
  user: UserRow,
  secretDigest: string,
): {
  readonly session: SessionRow
  readonly client: ClientRow
  readonly user: UserRow
  readonly writes: readonly Write[]
} {
  const now = deps.clock()
  const session: SessionRow = {
    id: createId('session', now),
    clientId: client.id,
    userId: user.id,
    status: 'active',
    createdAt: now,
    updatedAt: now,
    lastActiveAt: now,
    expireAt: now + deps.sessionLifetime,
  }
  const signedIn: UserRow = { ...user, lastSignInAt: now, lastActiveAt: now }
  const next: ClientRow = {
    ...client,
    secretDigest,
    sessionIds: [...client.sessionIds, session.id],
    lastActiveSessionId: session.id,
    signUpId: null,
    signInId: null,
    updatedAt: now,
  }
  const writes: Write[] = [
    { put: 'sessions', row: session },
    { put: 'clients', row: next },
    { put: 'users', row: signedIn },
  ]
  return { session, client: next, user: signedIn, writes }
}

/** Whether a session is still good. */
export function isActive(deps: Deps, session: SessionRow | undefined): session is SessionRow {
  return session?.status === 'active' && session.expireAt > deps.clock()
}

/** The session in front of a client, or another one that is still good. */
export async function frontSession(deps: Deps, client: ClientRow): Promise<SessionRow | undefined> {
  const ids = [client.lastActiveSessionId, ...[...client.sessionIds].reverse()]
  for (const id of ids) {
    const session = id === null ? undefined : await deps.storage.find('sessions', id)
    if (isActive(deps, session)) return session
  }
  return undefined
}
