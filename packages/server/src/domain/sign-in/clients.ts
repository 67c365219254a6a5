import { createSecret, digest, equalDigests } from '../../auth/digest.ts'
import type { ClientRow, DeviceRow, SessionRow, UserRow } from '../../storage/rows.ts'
import type { Write } from '../../storage/storage.ts'
import { createId, timeOfId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { noteSignIn } from '../users/change-user.ts'
import type { Held } from './held-sessions.ts'

/** How long a client is kept after it began a sign-up or sign-in, in milliseconds. */
const attemptLifetime = 86_400_000

/** How long a client is kept after somebody signed in on it, so that it is known when they come back, in milliseconds. */
const deviceLifetime = 7_776_000_000

/** How many users a client is known to have, and how many clients a user: on each of them a thief may guess apart. */
const maxKnownUsers = 10
const maxKnownClients = 10

/** Makes a client. Nothing is stored of it before there is something to keep. */
export async function newClient(deps: Deps): Promise<{ readonly client: ClientRow; readonly token: string }> {
  const id = createId('client', deps.clock())
  const secret = await deps.visitorSecrets.make(id, deps.clock())
  return { client: visitor(id, await digest(secret)), token: `${id}.${secret}` }
}

/** Makes another token for a client: the one before is no longer good. */
export async function newToken(clientId: string): Promise<{ readonly token: string; readonly secretDigest: string }> {
  const secret = createSecret()
  return { token: `${clientId}.${secret}`, secretDigest: await digest(secret) }
}

/** Finds the client whose token it is: one that is stored, or a visitor's. */
export async function findClient(deps: Deps, token: string | undefined): Promise<ClientRow | undefined> {
  const [, id, secret] = /^(client_[A-Za-z0-9]+)\.([\w-]+)$/.exec(token ?? '') ?? []
  if (!id || !secret) return undefined
  const given = await digest(secret)
  const stored = await deps.storage.find('clients', id)
  if (stored) return equalDigests(stored.secretDigest, given) ? stored : undefined
  const good = await Promise.all((await deps.visitorSecrets.good(id, deps.clock())).map(digest))
  return good.some((known) => equalDigests(known, given)) ? visitor(id, given) : undefined
}

/** The client that a sign-up or sign-in begins on, to be stored with it. */
export function keptClient(deps: Deps, client: ClientRow): ClientRow {
  return { ...client, expireAt: Math.max(client.expireAt, deps.clock() + attemptLifetime) }
}

/** Whether a user has signed in on a client before, and few have followed since. */
export function knows(client: ClientRow, user: UserRow): boolean {
  return client.knownUserIds.includes(user.id) && user.knownClientIds?.includes(client.id) !== false
}

function visitor(id: string, secretDigest: string): ClientRow {
  const createdAt = timeOfId(id)
  return {
    id,
    secretDigest,
    sessionIds: [],
    lastActiveSessionId: null,
    knownUserIds: [],
    signUpId: null,
    signInId: null,
    createdAt,
    updatedAt: createdAt,
    expireAt: createdAt,
  }
}

/** The users that a client is known to have, and more of them. */
export function knowing({ knownUserIds }: ClientRow, more: readonly string[]): readonly string[] {
  return [...knownUserIds.filter((id) => !more.includes(id)), ...more].slice(-maxKnownUsers)
}

/** Begins a session on a client that holds others, under an id and a token that did not exist before (no session fixation). */
export function beginSession(
  deps: Deps,
  client: ClientRow,
  user: UserRow,
  secretDigest: string,
  held: Held = { sessionIds: client.sessionIds, writes: [] },
  device?: DeviceRow,
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
    ...(device && { device }),
    ...(user.latestSessionId !== undefined && { previousSessionId: user.latestSessionId }),
  }
  // What no device was at is nobody's to come back on.
  const known = device ? knownOn(user, client.id) : user
  const signedIn = noteSignIn({ ...known, latestSessionId: session.id }, now)
  const next: ClientRow = {
    ...client,
    secretDigest,
    sessionIds: [...held.sessionIds, session.id],
    lastActiveSessionId: session.id,
    knownUserIds: knowing(client, [user.id]),
    signUpId: null,
    signInId: null,
    updatedAt: now,
    expireAt: Math.max(session.expireAt, now + deviceLifetime),
  }
  const writes: Write[] = [
    ...held.writes,
    { put: 'sessions', row: session },
    { put: 'clients', row: next },
    signedIn.write,
  ]
  return { session, client: next, user: signedIn.user, writes }
}

/** The user, known on one more client. */
export function knownOn(user: UserRow, clientId: string): UserRow {
  const others = (user.knownClientIds ?? []).filter((id) => id !== clientId)
  return { ...user, knownClientIds: [...others, clientId].slice(-maxKnownClients) }
}

/** Whether a session is still good. */
export function isActive(deps: Pick<Deps, 'clock'>, session: SessionRow | undefined): session is SessionRow {
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
