import type { CallOptions, LooseJson } from '@acme/schema'
import { byCode, createAttempt } from './attempt.ts'
import type { Context } from './context.ts'

/** A sign-in. Each method gives the sign-in as it then is; once complete, the user is signed in. */
export interface SignIn {
  /** Null until it is created. */
  readonly id: string | null
  readonly status: 'needs_identifier' | 'needs_first_factor' | 'needs_new_password' | 'complete' | null
  /** Begins a sign-in: with a password at once, without one to go on by a code. */
  create(
    params: { readonly identifier: string; readonly password?: string | undefined },
    options?: CallOptions,
  ): Promise<SignIn>
  /** Sends a code to the user's e-mail address. */
  prepareFirstFactor(options?: CallOptions): Promise<SignIn>
  /** Signs in by the code that was sent, or by the password. */
  attemptFirstFactor(
    params: { readonly code: string } | { readonly password: string },
    options?: CallOptions,
  ): Promise<SignIn>
}

/** Reads a sign-in; undefined is one that is not created yet. */
export function createSignIn<M>(json: LooseJson | null | undefined, context: Context<M>): SignIn {
  const attempt = createAttempt('sign_ins', json, context, createSignIn)
  return {
    ...attempt.data,
    create: (params, options) =>
      attempt.send('POST', '', { strategy: params.password && 'password', ...params }, options),
    prepareFirstFactor(options) {
      const factors = (json?.['supported_first_factors'] ?? []) as LooseJson[]
      const { email_address_id } = factors.find(({ strategy }) => strategy === byCode.strategy) ?? {}
      return attempt.send('POST', '/:id/prepare_first_factor', { ...byCode, email_address_id }, options)
    },
    attemptFirstFactor: (params, options) =>
      attempt.send(
        'POST',
        '/:id/attempt_first_factor',
        { ...('code' in params ? byCode : { strategy: 'password' }), ...params },
        options,
      ),
  } as SignIn
}
