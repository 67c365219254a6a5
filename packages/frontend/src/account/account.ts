import { AcmeError, type CallOptions, type EmailAddress, type LooseJson, toAppNames } from '@acme/schema'
import type { ApiCall } from '../frontend-api.ts'
import { createFrontendApi } from '../frontend-api.ts'
import type { FrontendOptions } from '../options.ts'
import type { AccountHost } from './account-host.ts'

/** A session of the signed-in user on any of their devices. */
export interface DeviceSession {
  readonly id: string
  readonly lastActiveAt: Date
  readonly expireAt: Date
  /** What the device said of itself where the session began; each is null where it said nothing. */
  readonly latestActivity: {
    readonly deviceType: string | null
    readonly browserName: string | null
    readonly browserVersion: string | null
    readonly isMobile: boolean
  }
}

/**
 * What the signed-in user may do with their account. Each method throws an `AcmeError` when it fails, `signed_out` where
 * nobody is signed in; after one that changed something, the frontend knows it.
 */
export interface Account {
  /**
   * Sets another password, or the first one. Where there is one, it is asked for: `form_password_incorrect` when it is
   * another, `too_many_requests` after some tries.
   */
  changePassword(
    params: {
      readonly newPassword: string
      readonly currentPassword?: string | undefined
      /** @default false */
      readonly signOutOfOtherSessions?: boolean | undefined
    },
    options?: CallOptions,
  ): Promise<void>
  /** Takes the password away; `last_identification_deletion_failed` where nothing else is left to sign in by. */
  removePassword(params: { readonly currentPassword: string }, options?: CallOptions): Promise<void>
  /** Adds an address, which is the user's once it is verified. */
  addEmailAddress(emailAddress: string, options?: CallOptions): Promise<EmailAddress>
  /** Sends a code to an address that is not verified. */
  prepareEmailAddress(id: string, options?: CallOptions): Promise<EmailAddress>
  /** Verifies an address by the code that was sent; `form_identifier_exists` where somebody else has it. */
  attemptEmailAddress(id: string, code: string, options?: CallOptions): Promise<EmailAddress>
  /** Deletes an address; `last_identification_deletion_failed` where nothing else is left to sign in by. */
  deleteEmailAddress(id: string, options?: CallOptions): Promise<void>
  /** Lists where the user is signed in, the newest first. */
  listSessions(options?: CallOptions): Promise<readonly DeviceSession[]>
  /** Ends a session on any device. */
  revokeSession(id: string, options?: CallOptions): Promise<void>
}

/**
 * Makes what the signed-in user of a frontend may do with their account. The options are those of the frontend.
 *
 * @example
 * const account = createAccount(acme, { publishableKey })
 * await account.changePassword({ currentPassword, newPassword, signOutOfOtherSessions: true })
 */
export function createAccount(acme: AccountHost, options: FrontendOptions<unknown>): Account {
  const api = createFrontendApi(options)

  const send = (call: ApiCall): Promise<LooseJson> => {
    const { session } = acme
    if (!session) throw new AcmeError({ code: 'signed_out', message: 'nobody is signed in' })
    return api.send({ ...call, path: `me/${call.path}`, sessionId: session.id })
  }
  const write = async (method: ApiCall['method'], path: string, params: object, options?: CallOptions) => {
    const { response } = await send({ ...options, method, path, params })
    await acme.reload(options)
    return response as LooseJson
  }
  const address = (id: string, step = '') => `email_addresses/${encodeURIComponent(id)}${step}`
  const emailAddress = async (path: string, params: object, options?: CallOptions) =>
    toAppNames<EmailAddress>(await write('POST', path, params, options))

  return {
    async changePassword(params, options) {
      await write('POST', 'change_password', params, options)
    },
    async removePassword(params, options) {
      await write('POST', 'remove_password', params, options)
    },
    addEmailAddress: (text, options) => emailAddress('email_addresses', { emailAddress: text }, options),
    prepareEmailAddress: (id, options) =>
      emailAddress(address(id, '/prepare_verification'), { strategy: 'email_code' }, options),
    attemptEmailAddress: (id, code, options) => emailAddress(address(id, '/attempt_verification'), { code }, options),
    async deleteEmailAddress(id, options) {
      await write('DELETE', address(id), {}, options)
    },
    async listSessions(options) {
      const list: unknown = await send({ ...options, method: 'GET', path: 'sessions/active' })
      return (list as LooseJson[]).map((json) => toAppNames<DeviceSession>(json))
    },
    async revokeSession(id, options) {
      await write('POST', `sessions/${encodeURIComponent(id)}/revoke`, {}, options)
    },
  }
}
