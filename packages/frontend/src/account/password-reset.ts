import { AcmeError, type CallOptions, type LooseJson } from '@acme/schema'
import { createFrontendApi } from '../frontend-api.ts'
import type { FrontendOptions } from '../options.ts'
import type { AccountHost } from './account-host.ts'

/** The way back in for who has forgotten their password: `begin`, `attempt`, `finish`. */
export interface PasswordReset {
  /** Sends a code to the address of who is named. Nobody's identifier gets the same answer, and no mail. */
  begin(identifier: string, options?: CallOptions): Promise<void>
  /** Proves by the code that the address is theirs: `form_code_incorrect` when it is another. */
  attempt(code: string, options?: CallOptions): Promise<void>
  /** Sets the password and signs in. Other sessions end unless `signOutOfOtherSessions` is false. */
  finish(
    params: { readonly password: string; readonly signOutOfOtherSessions?: boolean | undefined },
    options?: CallOptions,
  ): Promise<void>
}

/** Makes the way back in for a frontend. The options are those of the frontend. */
export function createPasswordReset(acme: AccountHost, options: FrontendOptions<unknown>): PasswordReset {
  const api = createFrontendApi(options)
  const strategy = 'reset_password_email_code'
  let id: string | undefined

  const step = (name: string, params: object, options?: CallOptions) => {
    if (id === undefined)
      throw new AcmeError({ code: 'verification_not_sent', message: 'begin first: no code was asked for' })
    return api.send({ ...options, method: 'POST', path: `client/sign_ins/${id}/${name}`, params })
  }

  return {
    async begin(identifier, options) {
      const params = { identifier, strategy }
      const { response } = await api.send({ ...options, method: 'POST', path: 'client/sign_ins', params })
      id = (response as LooseJson)['id'] as string
    },
    async attempt(code, options) {
      await step('attempt_first_factor', { strategy, code }, options)
    },
    async finish(params, options) {
      await step('reset_password', params, options)
      id = undefined
      await acme.reload(options)
    },
  }
}
