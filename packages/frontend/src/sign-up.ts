import type { CallOptions, JsonObject, LooseJson, RegisteredMetadata, WriteView } from '@acme/schema'
import { byCode, createAttempt } from './attempt.ts'
import type { Context } from './context.ts'

/** What a sign-up may be given. */
export interface SignUpFields {
  readonly emailAddress?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  /** The ticket of an invitation, by which the address of the invitation is the user's: `__clerk_ticket` of its link. */
  readonly ticket?: string | undefined
  /** What the widget gave that tells people from programs, where the server asks for it. */
  readonly captchaToken?: string | undefined
}

/** A sign-up; its `unsafeMetadata` becomes the user's when it is complete. Each method gives the sign-up as it then is. */
export interface SignUp<M = RegisteredMetadata> {
  /** Null until it is created. */
  readonly id: string | null
  readonly status: 'missing_requirements' | 'complete' | 'abandoned' | null
  /** What still has to be given, by the wire's names: `email_address`, `password`. */
  readonly missingFields: readonly string[]
  /** What has to be verified. */
  readonly unverifiedFields: readonly string[]
  readonly emailAddress: string | null
  readonly username: string | null
  /** As it travels: the app's schema reads the user's, when there is one. */
  readonly unsafeMetadata: JsonObject
  /** The user it became; the user is signed in then. */
  readonly createdUserId: string | null
  /** Begins a sign-up. */
  create(params: SignUpFields & WriteView<'frontend', M>, options?: CallOptions): Promise<SignUp<M>>
  /** Gives more, or something else. */
  update(params: SignUpFields & WriteView<'frontend', M>, options?: CallOptions): Promise<SignUp<M>>
  /** Sends a code to the e-mail address. */
  prepareVerification(options?: CallOptions): Promise<SignUp<M>>
  /** Verifies the e-mail address by the code that was sent. */
  attemptVerification(params: { readonly code: string }, options?: CallOptions): Promise<SignUp<M>>
}

/** Reads a sign-up; undefined is one that is not created yet. */
export function createSignUp<M>(json: LooseJson | null | undefined, context: Context<M>): SignUp<M> {
  const attempt = createAttempt('sign_ups', json, context, createSignUp)
  return {
    missingFields: [],
    unverifiedFields: [],
    emailAddress: null,
    username: null,
    createdUserId: null,
    ...attempt.data,
    unsafeMetadata: (json?.['unsafe_metadata'] ?? {}) as JsonObject,
    create: (params, options) => attempt.send('POST', '', params, options),
    update: (params, options) => attempt.send('PATCH', '/:id', params, options),
    prepareVerification: (options) => attempt.send('POST', '/:id/prepare_verification', byCode, options),
    attemptVerification: (params, options) =>
      attempt.send('POST', '/:id/attempt_verification', { ...byCode, ...params }, options),
  } as SignUp<M>
}
