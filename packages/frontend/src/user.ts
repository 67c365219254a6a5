import {
  type CallOptions,
  diffMetadata,
  type JsonObject,
  type LooseJson,
  type PatchView,
  type ReadView,
  type RegisteredMetadata,
  toAppNames,
  toMetadata,
  type UserData,
  type WriteView,
} from '@acme/schema'
import { type Call, modify } from '@acme/transport'
import type { Context } from './context.ts'
import type { ApiCall } from './frontend-api.ts'
import { toSendable } from './to-sendable.ts'

/** What users may set of themselves, besides the metadata. A name of `null` is cleared. */
export interface UserFields {
  readonly firstName?: string | null | undefined
  readonly lastName?: string | null | undefined
  readonly username?: string | null | undefined
  readonly primaryEmailAddressId?: string | undefined
}

/** What a write takes besides its parameters. */
export interface WriteOptions extends CallOptions {
  /** Makes the write conditional: it is refused by a `MetadataConflictError` unless the user still has this version. */
  readonly ifMatch?: number | undefined
}

/** What a modification takes besides the function. */
export interface ModifyOptions extends CallOptions {
  /** How often to compute and write again when the user was changed meanwhile. @default 20 */
  readonly retries?: number | undefined
}

/** Computes a patch from a user. */
export type Change<M = RegisteredMetadata> = (
  user: User<M>,
) => PatchView<'frontend', M> | Promise<PatchView<'frontend', M>>

/**
 * The signed-in user. It never changes: each change makes a new one, so that `===` tells whether
 * anything did. Its methods throw an `AcmeError` when they fail, and then nothing has changed here.
 */
export type User<M = RegisteredMetadata> = UserData &
  ReadView<'frontend', M> & {
    /**
     * Sets the fields given; metadata as a whole. On `@acme/server` that is one write. Clerk's current API merges only:
     * there it is the difference to what is read first that is sent, which cannot set a null inside an object
     * (`form_param_value_invalid`), after the other fields.
     *
     * @example
     * await user.update({ unsafeMetadata: { theme: 'dark' } })
     */
    update(params: UserFields & WriteView<'frontend', M>, options?: WriteOptions): Promise<User<M>>
    /** Merges into the metadata (RFC 7396): objects merge at every depth, `null` deletes a key. */
    updateMetadata(patch: PatchView<'frontend', M>, options?: WriteOptions): Promise<User<M>>
    /**
     * Computes a merge patch from the user and writes it on the condition that the user is still the same; computes
     * again from the fresh one otherwise, so that no change by other tabs or servers is lost. The function may run
     * several times. Needs `@acme/server`: `version_missing` where the server keeps no versions, and
     * `MetadataConflictError` when every retry met another change.
     *
     * @example
     * await user.modifyMetadata(({ unsafeMetadata }) => ({ unsafeMetadata: { visits: unsafeMetadata.visits + 1 } }))
     */
    modifyMetadata(change: Change<M>, options?: ModifyOptions): Promise<User<M>>
    /** Reads the user anew. */
    reload(options?: CallOptions): Promise<User<M>>
    /** Deletes the user for good, and signs out. */
    delete(options?: CallOptions): Promise<void>
  }

/**
 * The last version of Clerk's API in which one request sets metadata and other fields together. Later ones take
 * metadata on its own endpoint only, which merges.
 */
const setVersion = '2025-11-10'

/** Reads the user of a session. */
export function createUser<M>(json: LooseJson, sessionId: string, context: Context<M>): User<M> {
  const readUser = (json: LooseJson) => context.acceptUser(json, sessionId)
  const send = async (method: Call['method'], path: string, call?: Partial<ApiCall>) => {
    const reply = await context.call({ ...call, method, path, sessionId, readUser })
    return readUser(reply['response'] as LooseJson)
  }

  const metadata = toMetadata(json, 'frontend')
  const user: User<M> = Object.freeze({
    ...toAppNames<UserData>(json),
    ...(context.definition?.['~read']?.(metadata) ?? metadata),

    async update(params: { readonly unsafeMetadata?: unknown }, options?: WriteOptions) {
      const sendable = await toSendable(params, context)
      const { unsafeMetadata, ...fields } = sendable
      if (!unsafeMetadata || context.isAcme()) {
        const version = unsafeMetadata ? setVersion : undefined
        return send('PATCH', 'me', { ...options, params: sendable, version })
      }
      if (Object.keys(fields).length) await send('PATCH', 'me', { ...options, params: fields })
      const { response } = await context.call({ ...options, method: 'GET', path: 'me', sessionId })
      const stored = toMetadata(response as LooseJson, 'frontend')['unsafeMetadata']
      const patch = diffMetadata(stored as JsonObject, unsafeMetadata as JsonObject)
      return send('PATCH', 'me/metadata', { ...options, params: { unsafeMetadata: patch } })
    },

    async updateMetadata(params: { readonly unsafeMetadata?: unknown }, options?: WriteOptions) {
      return send('PATCH', 'me/metadata', { ...options, params: await toSendable(params, context, json) })
    },

    modifyMetadata: (change: Change<M>, options: ModifyOptions = {}) =>
      modify(user, async (user, ifMatch) => user.updateMetadata(await change(user), { ...options, ifMatch }), options),

    reload: (options?: CallOptions) => send('GET', 'me', options),

    delete: (options?: CallOptions) => context.end({ ...options, method: 'DELETE', path: 'me', sessionId }),
  }) as unknown as User<M>
  return user
}
