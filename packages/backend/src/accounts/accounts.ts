import {
  assertId,
  type CallOptions,
  type EmailAddress,
  isAcmeError,
  type LooseJson,
  toAppNames,
  toWireNames,
} from '@acme/schema'
import type { Call } from '@acme/transport'
import { connect } from '../connect.ts'
import { createKey } from '../create-key.ts'
import type { BackendOptions } from '../options.ts'
import { type Invitation, type InvitationParams, type InvitationQuery, readInvitation } from './invitation.ts'

/** What a server says of an e-mail address. */
export interface EmailAddressState {
  /** Whether it is the user's. @default false of a new one, which the user is to verify */
  readonly verified?: boolean | undefined
  /** Makes it the primary one, which is a verified one. */
  readonly primary?: true | undefined
}

/** How many invitations are read at a time. */
const pageSize = 500

/**
 * The accounts of users, as those who run an app see them. Each method throws an `AcmeError` when it fails, as those of
 * `users` do.
 */
export interface Accounts {
  /** Gives a user an address; `form_identifier_exists` where somebody else has it. */
  createEmailAddress(
    params: { readonly userId: string; readonly emailAddress: string } & EmailAddressState,
    options?: CallOptions,
  ): Promise<EmailAddress>
  /** Reads an address by its id. */
  getEmailAddress(id: string, options?: CallOptions): Promise<EmailAddress>
  /** Takes an address for verified or not, or for the primary one. */
  updateEmailAddress(id: string, params: EmailAddressState, options?: CallOptions): Promise<EmailAddress>
  /** Deletes an address; `last_identification_deletion_failed` where nothing else is left to sign in by. */
  deleteEmailAddress(id: string, options?: CallOptions): Promise<void>
  /** Keeps up to 50 users out, and signs them out everywhere: all of them, or none where one is not there. */
  banUsers(userIds: readonly string[], options?: CallOptions): Promise<void>
  /** Lets up to 50 users in again. */
  unbanUsers(userIds: readonly string[], options?: CallOptions): Promise<void>
  /** Tells whether a password is the user's; `too_many_requests` after some that were not. */
  verifyPassword(userId: string, password: string, options?: CallOptions): Promise<boolean>
  /** Takes a password away; `last_identification_deletion_failed` where nothing else is left to sign in by. */
  removePassword(
    userId: string,
    params?: { readonly signOutOfOtherSessions?: boolean | undefined },
    options?: CallOptions,
  ): Promise<void>
  /**
   * Asks somebody to sign up; `duplicate_record` where they are asked already, `form_identifier_exists` where they have an
   * account.
   *
   * @example
   * await accounts.createInvitation({ emailAddress: 'ada@example.com', publicMetadata: { plan: 'pro' } })
   */
  createInvitation(params: InvitationParams, options?: CallOptions): Promise<Invitation>
  /** Reads invitations one after another, newest first, and pages as needed. */
  listInvitations(query?: InvitationQuery, options?: CallOptions): AsyncGenerator<Invitation, void>
  /** Takes an invitation back. */
  revokeInvitation(id: string, options?: CallOptions): Promise<Invitation>
  /** Deletes what is kept of an invitation. */
  deleteInvitation(id: string, options?: CallOptions): Promise<void>
}

/**
 * Makes the accounts of an instance, a part of its own that `createBackend` does not load. The options are the same.
 *
 * @throws {@link AcmeError} as `createBackend` does
 *
 * @example
 * const accounts = createAccounts()
 * await accounts.createInvitation({ emailAddress: 'ada@example.com', publicMetadata: { plan: 'pro' } })
 */
export function createAccounts(options: BackendOptions<unknown> = {}): Accounts {
  const { http, server } = connect(options)

  async function send(
    method: Call['method'],
    path: string,
    params?: object,
    options?: CallOptions,
  ): Promise<LooseJson> {
    const isRead = method === 'GET'
    const reply = await http.send({
      ...options,
      method,
      path,
      isRead,
      // Only a server known to honor the key may be asked twice.
      isRepeatable: server.isAcme() && path !== 'invitations',
      ...(!isRead && {
        headers: { 'content-type': 'application/json', 'idempotency-key': createKey() },
        body: params && JSON.stringify(toWireNames(params)),
      }),
    })
    return reply.json as LooseJson
  }

  const userPath = (id: string, step: string) => {
    assertId('user', id)
    return `users/${id}/${step}`
  }
  const addressPath = (id: string) => {
    assertId('emailAddress', id)
    return `email_addresses/${id}`
  }
  const invitationPath = (id: string, step = '') => {
    assertId('invitation', id)
    return `invitations/${id}${step}`
  }

  return {
    async createEmailAddress(params, options) {
      assertId('user', params.userId)
      return toAppNames(await send('POST', 'email_addresses', params, options))
    },
    async getEmailAddress(id, options) {
      return toAppNames(await send('GET', addressPath(id), undefined, options))
    },
    async updateEmailAddress(id, params, options) {
      return toAppNames(await send('PATCH', addressPath(id), params, options))
    },
    async deleteEmailAddress(id, options) {
      await send('DELETE', addressPath(id), undefined, options)
    },
    async banUsers(userIds, options) {
      await send('POST', 'users/ban', { userIds }, options)
    },
    async unbanUsers(userIds, options) {
      await send('POST', 'users/unban', { userIds }, options)
    },
    async verifyPassword(userId, password, options) {
      try {
        await send('POST', userPath(userId, 'verify_password'), { password }, options)
        return true
      } catch (error) {
        if (isAcmeError(error) && error.code === 'incorrect_password') return false
        throw error
      }
    },
    async removePassword(userId, params = {}, options) {
      await send('POST', userPath(userId, 'remove_password'), params, options)
    },
    async createInvitation(params, options) {
      return readInvitation(await send('POST', 'invitations', params, options))
    },
    async *listInvitations(given = {}, options) {
      for (let offset = 0; ; offset += pageSize) {
        const params = { ...given, limit: pageSize, offset }
        const query = new URLSearchParams()
        for (const [name, value] of Object.entries(params)) if (value !== undefined) query.set(name, `${value}`)
        const page: unknown = await send('GET', `invitations?${query}`, undefined, options)
        const list = page as readonly LooseJson[]
        for (const json of list) yield readInvitation(json)
        if (list.length < pageSize) return
      }
    },
    async revokeInvitation(id, options) {
      return readInvitation(await send('POST', invitationPath(id, '/revoke'), undefined, options))
    },
    async deleteInvitation(id, options) {
      await send('DELETE', invitationPath(id), undefined, options)
    },
  }
}
