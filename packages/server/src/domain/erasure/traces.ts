import { isJsonObject, type JsonObject, type JsonValue } from '@acme/schema'
import type { ClientRow, Collection, JobRow, ReplyRow, Rows } from '../../storage/rows.ts'
import { fold } from '../../storage/user-text.ts'
import { counterName } from '../sign-in/attempts.ts'
import { identifierId } from '../users/identifiers.ts'

/** All that names one user, in rows of their own and of others. */
export interface Names {
  readonly userId: string
  /** Ids of what is theirs alone: sessions, tickets, sign-ups, sign-ins, e-mail addresses. */
  readonly ids: ReadonlySet<string>
  /** The identifiers that are or were to be theirs, as `identifierId` writes them. */
  readonly identifiers: ReadonlySet<string>
  /** What the ids of the rows begin with that count what is tried at them. */
  readonly counters: ReadonlySet<string>
}

/** How the rows of a collection name a user. */
export interface Trace<Row> {
  /** Whether a row names them. */
  names(row: Row, who: Names): boolean
  /** What is left of a row without them. @default nothing */
  without?(row: Row, who: Names): Row | undefined
  /** What they are shown of a row, which may name others too. @default all of it but secrets */
  shown?(row: Row, who: Names): JsonObject
}

const owned = { names: (row: { readonly userId: string }, { userId }: Names) => row.userId === userId }
const same = { names: (row: { readonly id: string }, { userId }: Names) => row.id === userId }

/**
 * Every collection, and how its rows name a user: what an export gathers and what is erased follows from here alone. One
 * whose rows can name nobody says so.
 */
export const traces: { readonly [C in Collection]: Trace<Rows[C]> | 'names nobody' } = {
  instances: 'names nobody',
  metadataSchemas: 'names nobody',
  jwtTemplates: 'names nobody',
  users: same,
  identifiers: owned,
  metadataHolders: owned,
  clients: { names: isKnownOn, without: clientWithout, shown: shownClient },
  sessions: owned,
  signInTokens: owned,
  invitations: { names: ({ emailAddress }, who) => isTheirs(who, 'email_address', emailAddress) },
  invited: { names: ({ id }, who) => isTheirs(who, 'email_address', id) },
  signUps: {
    names: ({ createdUserId, emailAddress, username }, who) =>
      createdUserId === who.userId ||
      isTheirs(who, 'email_address', emailAddress) ||
      isTheirs(who, 'username', username),
  },
  signIns: {
    names: ({ userId, identifier }, who) =>
      userId === who.userId || isTheirs(who, 'email_address', identifier) || isTheirs(who, 'username', identifier),
  },
  attempts: { names: ({ id }, who) => who.counters.has(counterName(id)) },
  replies: {
    names: ({ subject, body }, who) =>
      (subject !== undefined && isOf(who, subject)) || (body !== undefined && mentions(body, who)),
    without: emptied,
    // It may tell of many users.
    shown: ({ id, subject, expireAt }) => ({ id, ...(subject !== undefined && { subject }), expireAt }),
  },
  webhooks: 'names nobody',
  webhookEndpoints: 'names nobody',
  webhookDeliveries: owned,
  migratedUsers: same,
  jobs: {
    names: (row, { userId }) => JSON.stringify(row).includes(userId),
    without: jobWithout,
    shown: ({ id, kind, name, createdAt }) => ({ id, kind, name, createdAt }),
  },
  jobLists: 'names nobody',
  dashboardSessions: 'names nobody',
  secretKeyUses: 'names nobody',
  leases: 'names nobody',
  imports: 'names nobody',
}

/** The digest of a request of which nothing is to be known any more: no request has it. */
export const noDigest = ''

function isTheirs(who: Names, param: 'email_address' | 'username', value: string | null): boolean {
  return value !== null && who.identifiers.has(identifierId({ param, value }))
}

function isOf({ userId, ids }: Names, id: string): boolean {
  return id === userId || ids.has(id)
}

/** Whether a text names them by an id, or by an identifier that stands in it as a text of JSON. */
function mentions(text: string, { userId, ids, identifiers }: Names): boolean {
  if ([userId, ...ids].some((id) => text.includes(id))) return true
  const folded = fold(text)
  return [...identifiers].some((one) => folded.includes(JSON.stringify(one.slice(one.indexOf(':') + 1))))
}

function isKnownOn({ knownUserIds, sessionIds }: ClientRow, who: Names): boolean {
  return knownUserIds.includes(who.userId) || sessionIds.some((id) => who.ids.has(id))
}

/** A client that others use goes on being theirs. */
function clientWithout(row: ClientRow, who: Names): ClientRow | undefined {
  const kept = (id: string | null) => (id !== null && isOf(who, id) ? null : id)
  const sessionIds = row.sessionIds.filter((id) => !who.ids.has(id))
  const knownUserIds = row.knownUserIds.filter((id) => id !== who.userId)
  const [signUpId, signInId] = [kept(row.signUpId), kept(row.signInId)]
  if (sessionIds.length + knownUserIds.length === 0 && signUpId === null && signInId === null) return undefined
  return {
    ...row,
    sessionIds,
    knownUserIds,
    signUpId,
    signInId,
    lastActiveSessionId: kept(row.lastActiveSessionId),
  }
}

function shownClient({ id, sessionIds, createdAt, updatedAt, expireAt }: ClientRow, who: Names): JsonObject {
  return { id, sessionIds: sessionIds.filter((one) => who.ids.has(one)), createdAt, updatedAt, expireAt }
}

/** That something was done under a key stays known, so that it is not done again: not what, and to whom. */
function emptied({ id, expireAt }: ReplyRow): ReplyRow {
  return { id, requestDigest: noDigest, etag: null, expireAt }
}

function jobWithout(row: JobRow, { userId }: Names): JobRow {
  const { cursor } = row
  // A place among users, where nobody needs to be: before all who were made in the same millisecond.
  const place = isJsonObject(cursor) && cursor['id'] === userId ? { ...cursor, id: '' } : cursor
  const cut = without({ ...row, cursor: place } as unknown as JsonValue, userId)
  return cut as unknown as JobRow
}

/** A value without an id, and in lists without what stands there for nobody else. */
function without(value: JsonValue, id: string): JsonValue {
  if (Array.isArray(value)) {
    return value.filter((one) => !isAbout(one, id)).map((one) => without(one, id))
  }
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, without(one, id)]))
  }
  return typeof value === 'string' && value.includes(id) ? value.replaceAll(id, '') : value
}

function isAbout(value: JsonValue, id: string): boolean {
  if (!isJsonObject(value)) return value === id
  const { examples } = value
  return Object.values(value).includes(id) || (Array.isArray(examples) && examples.length === 1 && examples[0] === id)
}
