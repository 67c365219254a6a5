import type { JsonObject, JsonValue, Kind, PushedOptions, Side } from '@acme/schema'
import type { SecretKeyScope, WebhookEventType } from '@acme/schema/wire'

/** A verified e-mail address of a user. */
export interface EmailAddressRow {
  readonly id: string
  readonly emailAddress: string
  readonly createdAt: number
}

/** An e-mail address that a user has added and not verified yet: it names nobody, and nothing is found by it. */
export interface PendingEmailAddressRow extends EmailAddressRow {
  readonly code: CodeRow | null
}

/** A user. Times are milliseconds since the epoch. */
export interface UserRow {
  readonly id: string
  /** Rises by one with every write. */
  readonly version: number
  readonly externalId: string | null
  readonly username: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly emailAddresses: readonly EmailAddressRow[]
  readonly primaryEmailAddressId: string | null
  /** Absent when there are none. */
  readonly pendingEmailAddresses?: readonly PendingEmailAddressRow[] | undefined
  /** In PHC string form; null when the user has none. */
  readonly passwordHash: string | null
  readonly metadata: Readonly<Record<Kind, JsonObject>>
  /** Not allowed in until further notice; absent when they are. */
  readonly isBanned?: boolean | undefined
  /** Not allowed in until then, in milliseconds since the epoch. */
  readonly lockedUntil?: number | undefined
  readonly lastSignInAt: number | null
  readonly lastActiveAt: number | null
  /** The clients they signed in on last, the latest last: see {@link ClientRow.knownUserIds}. Absent in older rows. */
  readonly knownClientIds?: readonly string[] | undefined
  /** The session that began last: see {@link SessionRow.previousSessionId}. Absent where none did. */
  readonly latestSessionId?: string | undefined
  readonly createdAt: number
  /** Rises with the version, by a millisecond at least. */
  readonly updatedAt: number
  /** The paths of metadata that are kept of them in the indexes; absent when none is. */
  readonly indexed?: readonly string[] | undefined
  /** Those of them whose value nobody else may have: see {@link MetadataHolderRow}. */
  readonly held?: readonly string[] | undefined
  /** How much is kept of what changed since a version; absent where nothing was counted yet. */
  readonly history?: HistoryMark | undefined
}

/** What is kept of the changes of a user since a version, in units of what a small change takes. */
export interface HistoryMark {
  readonly since: number
  readonly weight: number
}

/** Who holds an identifier. The id is `email:…`, `username:…` or `external:…`, case-folded, so that each is held once. */
export interface IdentifierRow {
  readonly id: string
  readonly userId: string
}

/** Who holds a value that one user may have. The id is the path, `=` and the key of the value. */
export interface MetadataHolderRow {
  readonly id: string
  readonly userId: string
}

/** A code sent to an e-mail address. Only its digest is kept. */
export interface CodeRow {
  readonly digest: string
  readonly attempts: number
  readonly sentAt: number
  readonly expireAt: number
  /** What it was asked for; absent where it is the usual: to prove whose the address is. */
  readonly strategy?: 'reset_password_email_code' | undefined
}

/** A sign-up under way. */
export interface SignUpRow {
  readonly id: string
  readonly clientId: string
  readonly status: 'missing_requirements' | 'complete' | 'abandoned'
  readonly emailAddress: string | null
  readonly emailVerified: boolean
  readonly username: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  /** Null when none was given, and again once the user holds it. */
  readonly passwordHash: string | null
  readonly hasPassword: boolean
  readonly unsafeMetadata: JsonObject
  /** The invitation that it follows, and what that gives the user; absent where there is none. */
  readonly invitationId?: string | undefined
  readonly publicMetadata?: JsonObject | undefined
  readonly code: CodeRow | null
  readonly createdSessionId: string | null
  readonly createdUserId: string | null
  readonly createdAt: number
  readonly abandonAt: number
}

/** A sign-in under way. */
export interface SignInRow {
  readonly id: string
  readonly clientId: string
  readonly status: 'needs_identifier' | 'needs_first_factor' | 'needs_new_password' | 'complete'
  readonly identifier: string | null
  /** Null when the identifier is nobody's; the answer must not tell. */
  readonly userId: string | null
  readonly code: CodeRow | null
  /** The address of the user that the code was sent to; absent in rows of older versions. */
  readonly emailAddressId?: string | null | undefined
  readonly createdSessionId: string | null
  readonly createdAt: number
  readonly abandonAt: number
}

/** A ticket by which a user signs in once, made by the Backend API. Only the digest of its secret is kept. */
export interface SignInTokenRow {
  readonly id: string
  readonly userId: string
  readonly secretDigest: string
  readonly status: 'pending' | 'accepted' | 'revoked'
  readonly createdAt: number
  readonly updatedAt: number
  readonly expireAt: number
}

/** Somebody who was asked to sign up. Only the digest of the secret of their ticket is kept. */
export interface InvitationRow {
  readonly id: string
  readonly emailAddress: string
  /** What becomes the public metadata of the user. */
  readonly publicMetadata: JsonObject
  readonly secretDigest: string
  readonly status: 'pending' | 'accepted' | 'revoked'
  readonly createdAt: number
  readonly updatedAt: number
  /** When its ticket is good no more. */
  readonly expireAt: number
}

/** The latest invitation to an e-mail address, which is the id, case-folded. */
export interface InvitedRow {
  readonly id: string
  readonly invitationId: string
  readonly expireAt: number
}

/** What a device said of itself. */
export interface DeviceRow {
  readonly type: string | null
  readonly browserName: string | null
  readonly browserVersion: string | null
  readonly isMobile: boolean
}

/** A signed-in user on one client. */
export interface SessionRow {
  readonly id: string
  readonly clientId: string
  readonly userId: string
  readonly status: 'active' | 'ended' | 'revoked' | 'expired' | 'removed'
  readonly createdAt: number
  readonly updatedAt: number
  readonly lastActiveAt: number
  readonly expireAt: number
  /** Where it began; absent in rows of older versions, and where no device was. */
  readonly device?: DeviceRow | undefined
  /**
   * The session of the same user that began before it: who ends all of them in one transaction finds those that began
   * after it had listed them. Absent in the first, and in rows of older versions.
   */
  readonly previousSessionId?: string | undefined
}

/** One browser, known by a secret of which only the digest is kept. */
export interface ClientRow {
  readonly id: string
  readonly secretDigest: string
  readonly sessionIds: readonly string[]
  readonly lastActiveSessionId: string | null
  /** Who signed in on it, the latest last: what strangers try does not keep them out here. */
  readonly knownUserIds: readonly string[]
  readonly signUpId: string | null
  readonly signInId: string | null
  readonly createdAt: number
  readonly updatedAt: number
  /** When nothing of it is worth keeping any more. */
  readonly expireAt: number
}

/** What was tried of late, by account or by the part of the network it came from. The id tells neither. */
export interface AttemptsRow {
  readonly id: string
  /** For each limit what its window holds, oldest first: how many, and when the last of them was, in milliseconds. */
  readonly counts: readonly (readonly (readonly [last: number, count: number])[])[]
  readonly expireAt: number
}

/** What is known of a secret key besides its digest. */
export interface SecretKeyNote {
  readonly digest: string
  readonly name: string
  readonly createdAt: number
  /** What it may be used for; absent where it opens everything. */
  readonly scopes?: readonly SecretKeyScope[] | undefined
}

/** A key that signs session tokens from a time on, in milliseconds since the epoch, and verifies them until another. */
export interface SigningKeyRow {
  /** How tokens name it. */
  readonly kid: string
  /** The private key (JWK, RFC 7517). */
  readonly key: JsonObject
  readonly signsFrom: number
  /** Null while no other is to take its place. */
  readonly until: number | null
}

/** When a secret key was used last, to the minute. The id is that of the key. */
export interface SecretKeyUseRow {
  readonly id: string
  readonly lastUsedAt: number
}

/** The instance itself: its keys. */
export interface InstanceRow {
  readonly id: string
  readonly instanceType: 'test' | 'live'
  /** SHA-256 digests, as base64url, of the secret keys that are accepted. */
  readonly secretKeyDigests: readonly string[]
  /** Whether there has been a key, which may have been revoked since; absent in rows of older versions. */
  readonly hasHadKeys?: boolean | undefined
  /** Of the keys that were given a name; absent in rows of older versions. */
  readonly secretKeyNotes?: readonly SecretKeyNote[] | undefined
  /** The private key (JWK, RFC 7517) that signs session tokens; once there was another, the newest. */
  readonly signingKey: JsonObject
  /** Every key that signs or verifies them, once there was another, the oldest first. */
  readonly signingKeys?: readonly SigningKeyRow[] | undefined
  /** By which keys something may be sealed, and whether metadata is; absent where nothing was ever sealed. */
  readonly sealing?: { readonly keyIds: readonly string[]; readonly metadata: boolean } | undefined
  readonly createdAt: number
}

/** What is kept of a write that carried an idempotency key, so that it is done once and its reply can be given again. */
export interface ReplyRow {
  readonly id: string
  readonly requestDigest: string
  /** The id of what the reply showed: it is shown again as it is by then. */
  readonly subject?: string | undefined
  /** The whole reply, where there is nothing to show again. */
  readonly body?: string | undefined
  /** The version that the write made. */
  readonly etag: string | null
  readonly expireAt: number
}

/**
 * The app's JSON Schemas (draft 2020-12), which the server enforces. Each version that was pushed is kept under its
 * number; the row `active` is a copy of the one that holds.
 */
export interface MetadataSchemasRow {
  readonly id: string
  readonly version: number
  /** The highest version there is, when this one was written. */
  readonly latest: number
  readonly schemas: { readonly [K in Kind]?: JsonObject | undefined }
  /** In the row `active`: what is to hold once a job has looked through all users. Writes are judged by both until then. */
  readonly pending?:
    | {
        readonly version: number
        readonly schemas: MetadataSchemasRow['schemas']
        readonly jobId: string
      }
    | undefined
  /** What was pushed with them; absent in rows of older versions. */
  readonly options?: PushedOptions | undefined
  /** In the row `active`: what the metadata of all users is brought from and to. */
  readonly migration?: MigrationUnderWay | undefined
  /** Which migration brought the users to this version. */
  readonly migratedBy?: Pick<MigrationUnderWay, 'jobId' | 'name' | 'direction'> | undefined
  readonly createdAt: number
  /** In the row `active`: how far what `options` declares is kept, and the job that sees to it. */
  readonly indexes?: readonly MetadataIndexRow[] | undefined
  readonly indexJobId?: string | undefined
}

/** An index of metadata by a path. */
export interface MetadataIndexRow {
  readonly path: string
  /** Whether every user is in it: until then it answers nothing. */
  readonly isBuilt: boolean
  /**
   * Whether a value is one user's alone: values are kept apart from the push on (`held`), and for all of them once every
   * user was looked at (`enforced`), unless some had the same (`broken`). Absent when it need not be.
   */
  readonly unique?: 'held' | 'enforced' | 'broken' | undefined
  /** Of a broken one: how many users have a value that another one has. */
  readonly duplicates?: number | undefined
}

/** What tokens of a name say: JSON with shortcodes in its texts. Times are milliseconds since the epoch. */
export interface JwtTemplateRow {
  readonly id: string
  /** Unique. */
  readonly name: string
  readonly claims: JsonObject
  /** In seconds. */
  readonly lifetime: number
  /** In seconds. */
  readonly allowedClockSkew: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** The templates there are: the row `all`. */
export interface JwtTemplatesRow {
  readonly id: string
  readonly templates: readonly JwtTemplateRow[]
}

/** A migration of the metadata of all users. */
export interface MigrationUnderWay {
  readonly jobId: string
  readonly name: string
  readonly direction: 'up' | 'down'
  readonly from: MetadataSchemasRow['schemas']
  readonly to: MetadataSchemasRow['schemas']
  /** What was declared with them; absent where that stays as it is. */
  readonly options?: PushedOptions | undefined
  /** The version that holds once the last user is through. */
  readonly version: number
  /** Whether writes are to fit what comes, and no longer what was. */
  readonly isClosing: boolean
  /** The migration that it takes back, and whether that had come to its end. */
  readonly undoes?: { readonly jobId: string; readonly isDone: boolean } | undefined
}

/** A user whose metadata a migration has brought to its new form. The id is the user's. */
export interface MigratedUserRow {
  readonly id: string
  /** The latest migration. */
  readonly jobId: string
  /**
   * What it changed, in the form before: current with what is written while others are migrated; null where it is not
   * known.
   */
  readonly before: { readonly [K in Kind]?: JsonObject } | null
  /** Fingerprints of what it made of that; null where that was written meanwhile, or instead. */
  readonly made: { readonly [K in Kind]?: string | undefined } | null
  readonly expireAt: number
}

/** Who changes a user, and by which request. */
export interface Actor {
  /** The API that was asked, or the server itself. */
  readonly side: Side | 'server'
  /** The beginning of the digest of the secret key. */
  readonly keyId?: string | undefined
  /** The way the request came, where it is not the API's own. */
  readonly through?: 'dashboard' | undefined
  readonly sessionId?: string | undefined
  readonly traceId?: string | undefined
  /** The id of the {@link ReplyRow}, which is a digest. */
  readonly idempotencyKey?: string | undefined
  /** The name of the migration that it is a part of. */
  readonly migration?: string | undefined
}

/** What makes one value of metadata from another: a merge patch (RFC 7396), or all of it where a patch cannot say it. */
export type MetadataStep = { readonly merge: JsonObject } | { readonly replace: JsonObject }

/** A change of one kind of metadata, forth and back. */
export interface MetadataChange {
  readonly forward: MetadataStep
  readonly backward: MetadataStep
}

/** Whom a change is to be told to: the endpoints that asked for it as they were when it was made, and no later ones. */
export interface Untold {
  readonly endpointIds: readonly string[]
  /** Of a user who is gone, since nothing else is left to tell it. */
  readonly externalId?: string | undefined
  /** Whether nothing of the change is kept once it was told. */
  readonly isPassing?: boolean | undefined
}

/**
 * One change of one user, written in the transaction that made it. The changes of a user follow one another by the
 * version they made, without a gap as far back as they are kept.
 */
export interface ChangeRow {
  readonly userId: string
  /** The version that the change made. */
  readonly version: number
  /** When it was made, in milliseconds since the epoch: the `updatedAt` of that version. */
  readonly at: number
  /** The `updatedAt` of the version before; null where there was none. */
  readonly previousAt: number | null
  readonly action: 'create' | 'update' | 'delete'
  readonly actor: Actor
  /** What changed, by the names of the wire. */
  readonly fields: readonly string[]
  /** The kinds of metadata that changed. */
  readonly metadata: { readonly [K in Kind]?: MetadataChange | undefined }
  /** Absent once a delivery is written for each endpoint, and where there was none. */
  readonly untold?: Untold | undefined
}

/** A change that is to be told yet: what happened, and never a value. */
export interface UntoldChange extends Pick<ChangeRow, 'userId' | 'version' | 'at' | 'action' | 'fields'> {
  readonly untold: Untold
}

/**
 * Who is told of what: the row `active`, which every write of a user reads, so that it is small. What else there is to
 * know of an endpoint is in its own row.
 */
export interface WebhooksRow {
  readonly id: string
  readonly endpoints: readonly {
    readonly id: string
    readonly types: readonly string[]
    readonly isPaused?: boolean | undefined
  }[]
  /** Endpoints that are gone, while something is left of them. */
  readonly removed: readonly string[]
}

/** An endpoint that events are sent to. */
export interface WebhookEndpointRow {
  readonly id: string
  readonly url: string
  readonly types: readonly WebhookEventType[]
  /** The side of the matrix whose view of the user it gets. */
  readonly side: Side
  readonly description: string | null
  readonly isPaused: boolean
  /** What is signed with, the newest first; one with an end is on its way out. */
  readonly secrets: readonly { readonly secret: string; readonly until: number | null }[]
  readonly createdAt: number
  readonly updatedAt: number
}

/**
 * One event for one endpoint, made of a change that was untold. It says what happened and never a value: the user is read
 * when it is sent. The id is that of `deliveryId`.
 */
export interface WebhookDeliveryRow {
  readonly id: string
  readonly endpointId: string
  readonly eventId: string
  /** Which share of the endpoint's users it belongs to; each is sent by one process at a time. */
  readonly shard: number
  readonly userId: string
  /** The version that the change made: events of one user are sent in this order. */
  readonly version: number
  readonly type: WebhookEventType
  /** What changed, by the names of the wire. */
  readonly fields: readonly string[]
  /** Of a user who is gone, since nothing else is left to tell it. */
  readonly externalId?: string | null | undefined
  /** When it happened, in milliseconds since the epoch. */
  readonly at: number
  readonly status: 'pending' | 'delivered' | 'parked'
  /** When it is to be sent; null when it is not pending, or stands behind another one. */
  readonly dueAt: number | null
  /** Whether it is pending because it failed, or because one of the same user before it did. */
  readonly isHeld: boolean
  readonly attempts: number
  readonly lastAttempt: {
    readonly at: number
    readonly status: number | null
    readonly failure: string | null
  } | null
  readonly expireAt: number
}

/** Which process does some work, and until when: the id says which. */
export interface LeaseRow {
  readonly id: string
  readonly holder: string
  readonly expireAt: number
}

/**
 * Work over many users that is done in the background, step by step. What a step does and where the next one goes on is
 * written in one transaction, so that whoever continues does nothing twice.
 */
export interface JobRow {
  readonly id: string
  /** Which work: the name of a kind that the server knows. */
  readonly kind: string
  /** What it is about, for people. */
  readonly name: string | null
  /** What it was asked to do. */
  readonly input: JsonObject
  readonly status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  /** How many users it is through with, and of how many there were when it was counted; null before that. */
  readonly done: number
  readonly total: number | null
  /** Where the next step goes on; null is the beginning. */
  readonly cursor: JsonValue
  /** What was found out so far. */
  readonly result: JsonObject
  /** Why it failed. */
  readonly error: { readonly code: string; readonly message: string } | null
  readonly createdAt: number
  readonly startedAt: number | null
  readonly updatedAt: number
  readonly endedAt: number | null
  /** When it is forgotten; null while it is not over. */
  readonly expireAt: number | null
}

/** The row `all`, which names the jobs there are, oldest first. */
export interface JobListRow {
  readonly id: string
  /** Those that are not over. */
  readonly open: readonly string[]
  readonly over: readonly string[]
}

/** Who is signed in to the dashboard by one secret key. The id is that of the key. */
export interface DashboardSessionsRow {
  readonly id: string
  readonly keyDigest: string
  /** In the order of their beginning. Only the digests of their tokens are kept. */
  readonly sessions: readonly {
    readonly tokenDigest: string
    readonly createdAt: number
    /** When it was last heard of, to the minute. */
    readonly usedAt: number
  }[]
  /** Codes that sign in once. Only their digests are kept. */
  readonly codes: readonly { readonly codeDigest: string; readonly expireAt: number }[]
  readonly expireAt: number
}

/** How far an import into the database has come; there until all of it is found to be right. */
export interface ImportRow {
  readonly id: string
  /** Of the export that it is of. */
  readonly exportId: string
  /** How many of its rows are written. */
  readonly rows: number
}

/** Every collection and what its rows hold. Each row has an `id` that is unique in its collection. */
export interface Rows {
  readonly users: UserRow
  readonly identifiers: IdentifierRow
  readonly metadataHolders: MetadataHolderRow
  readonly signUps: SignUpRow
  readonly signIns: SignInRow
  readonly signInTokens: SignInTokenRow
  readonly invitations: InvitationRow
  readonly invited: InvitedRow
  readonly sessions: SessionRow
  readonly clients: ClientRow
  readonly attempts: AttemptsRow
  readonly instances: InstanceRow
  readonly secretKeyUses: SecretKeyUseRow
  readonly replies: ReplyRow
  readonly metadataSchemas: MetadataSchemasRow
  readonly jwtTemplates: JwtTemplatesRow
  readonly webhooks: WebhooksRow
  readonly webhookEndpoints: WebhookEndpointRow
  readonly webhookDeliveries: WebhookDeliveryRow
  readonly leases: LeaseRow
  readonly migratedUsers: MigratedUserRow
  readonly jobs: JobRow
  readonly jobLists: JobListRow
  readonly dashboardSessions: DashboardSessionsRow
  readonly imports: ImportRow
}

/** The name of a collection. */
export type Collection = keyof Rows

/**
 * Every collection, and whether what it holds moves along when everything moves to another database, in this order. What
 * is there for a while only moves too: without it a write that is repeated would be made twice, and who was kept from
 * guessing could begin anew.
 */
export const collections: { readonly [C in Collection]: 'moves' | 'stays' } = {
  instances: 'moves',
  metadataSchemas: 'moves',
  jwtTemplates: 'moves',
  users: 'moves',
  identifiers: 'moves',
  metadataHolders: 'moves',
  clients: 'moves',
  sessions: 'moves',
  signInTokens: 'moves',
  invitations: 'moves',
  invited: 'moves',
  signUps: 'moves',
  signIns: 'moves',
  attempts: 'moves',
  replies: 'moves',
  webhooks: 'moves',
  webhookEndpoints: 'moves',
  webhookDeliveries: 'moves',
  migratedUsers: 'moves',
  jobs: 'moves',
  jobLists: 'moves',
  dashboardSessions: 'stays',
  leases: 'stays',
  secretKeyUses: 'stays',
  imports: 'stays',
}

/** The collections that move, in their order. */
export const movingCollections: readonly Collection[] = (Object.keys(collections) as Collection[]).filter(
  (name) => collections[name] === 'moves',
)

/** Some of the collections that move, in that order. */
export function movingOf(some: readonly Collection[] = movingCollections): readonly Collection[] {
  return movingCollections.filter((name) => some.includes(name))
}

/** How long a session that is over can still be read, in milliseconds. */
const afterlife = 86_400_000

/** How long an invitation can still be read after its time, in milliseconds. */
const invitationAfterlife = 2_592_000_000

/** When a row is over and may be swept, in milliseconds since the epoch; null is never. */
export function overAt(collection: Collection, row: Rows[Collection]): number | null {
  if (collection === 'sessions') {
    const { status, expireAt, updatedAt } = row as SessionRow
    return (status === 'active' ? expireAt : Math.min(expireAt, updatedAt)) + afterlife
  }
  if (collection === 'invitations') return (row as InvitationRow).expireAt + invitationAfterlife
  if ('expireAt' in row) return row.expireAt
  return 'abandonAt' in row ? row.abandonAt : null
}
