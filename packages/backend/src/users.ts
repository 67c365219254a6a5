import {
  AcmeError,
  assertId,
  type CallOptions,
  isAcmeError,
  type Kind,
  kinds,
  type LooseJson,
  type MetadataDefinition,
  type MetadataFilter,
  metadataField,
  type PatchView,
  type RegisteredMetadata,
  toWireNames,
  type WriteView,
} from '@acme/schema'
import { type Call, type Http, modify } from '@acme/transport'
import { readUser, type User } from './backend-user.ts'
import { type BulkOptions, type BulkResult, sendUpdates, type UserMetadataUpdate } from './bulk-updates.ts'
import { createKey } from './create-key.ts'
import { toMetadataQuery } from './metadata-query.ts'
import type { Server } from './server.ts'
import { timeLeft } from './time-left.ts'
import { toSendable } from './to-sendable.ts'
import { type BulkChange, placeOf, updateEach, type WhereOptions, type WhereResult } from './update-where.ts'
import { readUserChange, readUserVersion, type UserChange, type UserVersion } from './user-history.ts'

/** What makes a password digest, by Clerk's names. */
export type PasswordHasher = 'bcrypt' | 'argon2i' | 'argon2id' | 'scrypt_firebase' | 'scrypt_werkzeug'

/** What can be set on a user besides the metadata. A name of `null` is cleared. */
export interface UserFields {
  readonly firstName?: string | null | undefined
  readonly lastName?: string | null | undefined
  readonly username?: string | null | undefined
  /** The id of this user in your own system; each is held by one user. */
  readonly externalId?: string | null | undefined
  readonly password?: string | undefined
  /** What another product keeps of the password, instead of it; replaced when the user signs in. */
  readonly passwordDigest?: string | undefined
  /** What made the digest. */
  readonly passwordHasher?: PasswordHasher | undefined
  readonly skipPasswordChecks?: boolean | undefined
}

/** What a new user is made of. */
export interface CreateUserFields extends UserFields {
  /** Verified e-mail addresses; the first is the primary one. */
  readonly emailAddress?: readonly string[] | undefined
  readonly skipPasswordRequirement?: boolean | undefined
  readonly createdAt?: Date | undefined
}

/** What an update may set. */
export interface UpdateUserFields extends UserFields {
  readonly primaryEmailAddressId?: string | undefined
  readonly signOutOfOtherSessions?: boolean | undefined
}

/** Which users; every condition given must hold. Times are exclusive. */
export interface UserFilter<M = RegisteredMetadata> {
  readonly userId?: readonly string[] | undefined
  readonly emailAddress?: readonly string[] | undefined
  readonly username?: readonly string[] | undefined
  readonly externalId?: readonly string[] | undefined
  /** Part of an e-mail address, username, user id, first or last name, in any case. */
  readonly query?: string | undefined
  readonly emailAddressQuery?: string | undefined
  readonly usernameQuery?: string | undefined
  readonly nameQuery?: string | undefined
  readonly createdAtBefore?: Date | undefined
  readonly createdAtAfter?: Date | undefined
  readonly lastSignInAtBefore?: Date | undefined
  readonly lastSignInAtAfter?: Date | undefined
  /** What they have in their metadata, by paths that `defineMetadata` declares as indexes. Needs `@acme/server`. */
  readonly metadata?: MetadataFilter<M> | undefined
}

type OrderField =
  | 'created_at'
  | 'updated_at'
  | 'email_address'
  | 'first_name'
  | 'last_name'
  | 'username'
  | 'last_sign_in_at'

/** A page of users. */
export interface UserListParams<M = RegisteredMetadata> extends UserFilter<M> {
  /** @default '-created_at' */
  readonly orderBy?: OrderField | `-${OrderField}` | `+${OrderField}` | undefined
  /** From 1 to 500. @default 10 */
  readonly limit?: number | undefined
  /** @default 0 */
  readonly offset?: number | undefined
}

/** What a write takes besides its parameters. */
export interface WriteOptions extends CallOptions {
  /**
   * Makes the write conditional (RFC 9110, `If-Match`): it is refused by {@link MetadataConflictError}
   * unless the user still has this version.
   */
  readonly ifMatch?: number | undefined
  /**
   * Names the write, so that repeating it within 24 hours does it once; within 15 minutes where it begins with `auto_`.
   *
   * @default one of its own for each call, beginning with `auto_`
   */
  readonly idempotencyKey?: string | undefined
}

/** Which changes of a user. */
export interface UserChangeParams {
  /** Only those that made versions before this one. */
  readonly before?: number | undefined
}

/** What restoring takes besides the version. */
export interface RestoreOptions extends WriteOptions {
  /** Which kinds of metadata. @default every kind */
  readonly kinds?: readonly Kind[] | undefined
}

/** What a modification takes besides the function. */
export interface ModifyOptions extends CallOptions {
  /** How often to compute and write again when the user was changed meanwhile. @default 20 */
  readonly retries?: number | undefined
}

/**
 * The users of the instance. Every method throws an {@link AcmeError} when it fails: `id_invalid`
 * before anything is sent, an `ApiError` for what the server refuses, a `NetworkError`, a
 * `TimeoutError` or an `AbortError` when there is no answer.
 */
export interface Users<M = RegisteredMetadata> {
  /** Reads a user. `resource_not_found` when there is none. */
  getUser(userId: string, options?: CallOptions): Promise<User<M>>
  /** Reads a page of users and counts all that match. */
  getUserList(
    params?: UserListParams<M>,
    options?: CallOptions,
  ): Promise<{ readonly data: readonly User<M>[]; readonly totalCount: number }>
  /** Reads users one after another, newest first, and pages as needed. A user changed meanwhile is neither missed nor met twice. */
  list(params?: UserFilter<M>, options?: CallOptions): AsyncGenerator<User<M>, void>
  /**
   * Finds the one user who has something in their metadata, by paths that are declared as indexes; undefined when nobody
   * has. `user_ambiguous` when several have, which a `unique` path rules out. Needs `@acme/server`.
   *
   * @example
   * const user = await users.findUser({ private: { stripeCustomerId: 'cus_1' } })
   */
  findUser(metadata: MetadataFilter<M>, options?: CallOptions): Promise<User<M> | undefined>
  /** Counts users. */
  getCount(filter?: UserFilter<M>, options?: CallOptions): Promise<number>
  /** Creates a user. `form_identifier_exists` when an identifier is taken. */
  createUser(params: CreateUserFields & WriteView<'backend', M>, options?: WriteOptions): Promise<User<M>>
  /**
   * Sets the fields given, each kind of metadata as a whole. One atomic write where the server is
   * `@acme/server`; elsewhere two requests when fields and metadata are given together, and an error
   * between them has `outcome: 'applied'` and the code `partly_applied`.
   *
   * @example
   * await users.updateUser(userId, { publicMetadata: { plan: 'pro' } })
   */
  updateUser(
    userId: string,
    params: UpdateUserFields & WriteView<'backend', M>,
    options?: WriteOptions,
  ): Promise<User<M>>
  /**
   * Merges into the metadata (RFC 7396): objects merge at every depth, `null` deletes a key.
   *
   * @example
   * await users.updateUserMetadata(userId, { privateMetadata: { stripeCustomerId: null } })
   */
  updateUserMetadata(userId: string, patch: PatchView<'backend', M>, options?: WriteOptions): Promise<User<M>>
  /**
   * Merges into the metadata of many users, 500 in a request and one request after the other. Each update stands for
   * itself: one that is refused is told in the results and takes no others with it. An error is thrown when a request
   * fails; what was done before was told to `onProgress`. Needs `@acme/server`.
   *
   * @example
   * const { updated, failed } = await users.updateUsers(rows.map((row) => ({ userId: row.id, publicMetadata: { plan: row.plan } })))
   */
  updateUsers(
    updates: Iterable<UserMetadataUpdate<M>> | AsyncIterable<UserMetadataUpdate<M>>,
    options?: BulkOptions,
  ): Promise<BulkResult>
  /**
   * Merges into the metadata of all whom a filter finds, page by page, newest first: a patch, or what a function computes
   * of each, on the condition that they are still the same. One who is no more found because of the change is not met
   * again, and nobody is missed. Goes on by the `cursor` that `onProgress` was given last. Needs `@acme/server`.
   *
   * @throws UpdateStoppedError for whatever breaks it off: its `cursor` is where to go on, its `cause` what happened
   * @example
   * await users.updateWhere({ metadata: { public: { plan: 'beta' } } }, { publicMetadata: { plan: 'pro' } })
   */
  updateWhere(filter: UserFilter<M>, change: BulkChange<M>, options?: WhereOptions): Promise<WhereResult>
  /** Replaces each kind of metadata given as a whole; the others stay. */
  replaceUserMetadata(userId: string, params: WriteView<'backend', M>, options?: WriteOptions): Promise<User<M>>
  /**
   * Reads, computes a merge patch from what was read, and writes it on the condition that the user is still the
   * same; computes again from the fresh user otherwise, so that no change by others is lost. The function may run
   * several times. Needs `@acme/server`: `version_missing` where the server keeps no versions, and
   * {@link MetadataConflictError} when every retry met another change.
   *
   * @example
   * await users.modifyUserMetadata(userId, (user) => ({ publicMetadata: { credits: user.publicMetadata.credits - 1 } }))
   */
  modifyUserMetadata(
    userId: string,
    change: (user: User<M>) => PatchView<'backend', M> | Promise<PatchView<'backend', M>>,
    options?: ModifyOptions,
  ): Promise<User<M>>
  /**
   * Reads what changed about a user, by whom and by which request, newest first, and pages as needed. It goes back as
   * far as the server keeps it, by default 90 days and at least the last 1,000 changes in them; of a user who is
   * deleted that they were is left. Needs `@acme/server`.
   */
  listChanges(userId: string, params?: UserChangeParams, options?: CallOptions): AsyncGenerator<UserChange, void>
  /**
   * Reads the metadata of a user as it was at a version, through today's schema. Needs `@acme/server`.
   * `version_not_kept` when the server does not go back so far, or there is no such version yet.
   */
  getVersion(userId: string, version: number, options?: CallOptions): Promise<UserVersion<M>>
  /**
   * Sets metadata to what it was at a version. A change like any other: the limit, the schemas the server enforces
   * and `ifMatch` hold as they do for {@link Users.updateUser}. Needs `@acme/server`. `version_not_kept` as there.
   *
   * @example
   * await users.restoreMetadata(userId, 41, { kinds: ['public'], ifMatch: user.version })
   */
  restoreMetadata(userId: string, version: number, options?: RestoreOptions): Promise<User<M>>
  /** Deletes a user for good, and ends the user's sessions. */
  deleteUser(userId: string, options?: WriteOptions): Promise<void>
}

const metadataFields: ReadonlySet<string> = new Set(kinds.map((kind) => metadataField(kind)))
const pageSize = 100

/** Makes the users of an instance. */
export function createUsers<M>(
  http: Http,
  server: Server,
  totalTimeout: number,
  definition?: MetadataDefinition,
): Users<M> {
  const toUser = (json: LooseJson) => readUser<M>(json, definition)
  const prepare = <T extends object>(params: T, isPatch = false) => toSendable(params, definition, isPatch)

  async function write(
    method: Call['method'],
    path: string,
    params: object | undefined,
    options: WriteOptions = {},
  ): Promise<LooseJson> {
    const { ifMatch, idempotencyKey = createKey(), ...rest } = options
    const reply = await http.send({
      ...rest,
      method,
      path,
      isRead: false,
      // Only a server known to honor the key may be asked twice.
      isRepeatable: server.isAcme(),
      headers: {
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
        ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
      },
      body: params && JSON.stringify(toWireNames(params)),
      readUser: toUser,
    })
    return reply.json as LooseJson
  }

  function toUsers(page: unknown): User<M>[] {
    // Clerk answers a bare array; a paginated object is taken as well.
    const list = Array.isArray(page) ? page : (page as { data: LooseJson[] }).data
    return (list as LooseJson[]).map(toUser)
  }

  async function read(
    path: string,
    { metadata, ...query }: Readonly<Record<string, unknown>> & { readonly metadata?: MetadataFilter<M> | undefined },
    options?: CallOptions,
  ): Promise<unknown> {
    const asked = metadata ? toMetadataQuery(metadata, definition) : []
    return get(path + toQuery(query, asked), options)
  }

  async function get(path: string, options: CallOptions | undefined): Promise<unknown> {
    const reply = await http.send({ ...options, method: 'GET', path, isRead: true })
    return reply.json
  }

  return {
    async getUser(userId, options) {
      assertId('user', userId)
      return toUser((await get(`users/${userId}`, options)) as LooseJson)
    },

    async getUserList(params = {}, options) {
      const { limit, offset, orderBy, ...filter } = params
      const [page, totalCount] = await Promise.all([
        read('users', { ...filter, limit, offset, orderBy }, options),
        this.getCount(filter, options),
      ])
      return { data: toUsers(page), totalCount }
    },

    async *list(params = {}, options) {
      for (let last: User<M> | undefined; ; ) {
        const page = await read('users', { ...params, limit: pageSize, ...(last && placeOf(last)) }, options)
        const users = toUsers(page)
        yield* users
        last = users.at(-1)
        if (users.length < pageSize) return
      }
    },

    async findUser(metadata, options) {
      if (Object.keys(metadata).length === 0)
        throw new AcmeError({ code: 'metadata_filter_invalid', message: 'metadata: asks for nothing' })
      const [user, other] = toUsers(await read('users', { metadata, limit: 2 }, options))
      if (other) throw new AcmeError({ code: 'user_ambiguous', message: 'several users have this metadata' })
      return user
    },

    async getCount(filter = {}, options) {
      const json = (await read('users/count', { ...filter }, options)) as LooseJson
      return json['total_count'] as number
    },

    async createUser(given, options) {
      const params = await prepare(given)
      return toUser(await write('POST', 'users', params, options))
    },

    async updateUser(userId, given, options = {}) {
      assertId('user', userId)
      const params = await prepare(given)
      const entries = Object.entries(params).filter(([, value]) => value !== undefined)
      const metadata = Object.fromEntries(entries.filter(([key]) => metadataFields.has(key)))
      const fields = Object.fromEntries(entries.filter(([key]) => !metadataFields.has(key)))
      const hasMetadata = Object.keys(metadata).length > 0
      const hasFields = Object.keys(fields).length > 0
      const path = `users/${userId}`
      if (!hasMetadata) return toUser(await write('PATCH', path, fields, options))
      if (!hasFields) return toUser(await write('PUT', `${path}/metadata`, metadata, options))
      const left = timeLeft(options, totalTimeout)
      if (await server.discover(left())) return toUser(await write('PATCH', path, params, left()))
      await write('PATCH', path, fields, left())
      try {
        return toUser(await write('PUT', `${path}/metadata`, metadata, { ...left(), ifMatch: undefined }))
      } catch (error) {
        if (!isAcmeError(error)) throw error
        throw partlyApplied(Object.keys(fields), error)
      }
    },

    async updateUserMetadata(userId, patch, options) {
      assertId('user', userId)
      return toUser(await write('PATCH', `users/${userId}/metadata`, await prepare(patch, true), options))
    },

    updateUsers(updates, options = {}) {
      const { onProgress: _, idempotencyKey: __, ...rest } = options
      return sendUpdates<M>(updates, definition, options, async (body, idempotencyKey) => {
        const reply = await http.send({
          ...rest,
          method: 'PATCH',
          path: 'users/metadata',
          isRead: false,
          isRepeatable: server.isAcme(),
          headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
          body,
        })
        return reply.json as LooseJson
      })
    },

    updateWhere(filter, change, options = {}) {
      const { cursor: _, onProgress: __, idempotencyKey: ___, ...rest } = options
      const walking = {
        pageSize,
        readPage: async (place: object | undefined) =>
          toUsers(await read('users', { ...filter, limit: pageSize, ...place }, rest)),
        update: (updates: readonly UserMetadataUpdate<M>[], idempotencyKey: string | undefined) =>
          this.updateUsers(updates, { ...rest, idempotencyKey }),
        modify: (userId: string, change: (user: User<M>) => Promise<PatchView<'backend', M>>) =>
          this.modifyUserMetadata(userId, change, rest),
      }
      return updateEach<M>(walking, change, options)
    },

    async replaceUserMetadata(userId, params, options) {
      assertId('user', userId)
      return toUser(await write('PUT', `users/${userId}/metadata`, await prepare(params), options))
    },

    async modifyUserMetadata(userId, change, { retries, ...options } = {}) {
      const write = async (user: User<M>, ifMatch: number) =>
        this.updateUserMetadata(userId, await change(user), { ...options, ifMatch })
      return modify(await this.getUser(userId, options), write, { retries, signal: options.signal })
    },

    async *listChanges(userId, params = {}, options) {
      assertId('user', userId)
      let { before } = params
      for (;;) {
        const page = await read(`users/${userId}/changes`, { before, limit: pageSize }, options)
        const changes = (page as LooseJson[]).map(readUserChange)
        yield* changes
        before = changes.at(-1)?.version
        if (changes.length < pageSize) return
      }
    },

    async getVersion(userId, version, options) {
      assertId('user', userId)
      const json = await get(versionPath(userId, version), options)
      return readUserVersion<M>(json as LooseJson, definition)
    },

    async restoreMetadata(userId, version, { kinds, ...options } = {}) {
      assertId('user', userId)
      return toUser(await write('POST', `${versionPath(userId, version)}/restore`, { kinds }, options))
    },

    async deleteUser(userId, options) {
      assertId('user', userId)
      await write('DELETE', `users/${userId}`, undefined, options)
    },
  }
}

/** Where a version of a user is, whatever a caller without types gives for one. */
function versionPath(userId: string, version: number): string {
  return `users/${userId}/versions/${Number(version)}`
}

/** Writes a query: undefined is left out, an array repeats its key, a date is its milliseconds. */
function toQuery(params: object, more: readonly (readonly [string, string])[] = []): string {
  const query = new URLSearchParams()
  for (const [param, text] of more) query.append(param, text)
  for (const [key, value] of Object.entries(toWireNames(params))) {
    for (const item of [value ?? []].flat()) query.append(key, `${item instanceof Date ? item.getTime() : item}`)
  }
  return query.size ? `?${query}` : ''
}

function partlyApplied(fields: string[], error: AcmeError): AcmeError {
  return new AcmeError({
    code: 'partly_applied',
    message: `${fields.join(', ')} was set, then setting the metadata failed: ${error.message}`,
    status: error.status,
    traceId: error.traceId,
    attempts: error.attempts,
    retryable: error.retryable,
    retryAfter: error.retryAfter,
    outcome: 'applied',
    cause: error,
  })
}
