import type { JsonObject } from '@acme/schema'

/** How a request was refused, as any client tells it. */
export interface Refusal {
  readonly status: number | undefined
  readonly code: string | undefined
  /** The parameter it is about. */
  readonly param: string | undefined
}

/** What either came of a call or refused it. */
export type Outcome<T> = { readonly value: T } | { readonly refusal: Refusal }

/** A user of the Backend API, in words that every client has. */
export interface StoredUser {
  readonly id: string
  readonly username: string | null
  readonly firstName: string | null
  readonly externalId: string | null
  readonly publicMetadata: unknown
  readonly privateMetadata: unknown
  readonly unsafeMetadata: unknown
}

/** What a user is written with. */
export interface UserParams {
  readonly username?: string
  readonly password?: string
  readonly firstName?: string | null
  readonly lastName?: string
  readonly externalId?: string
  readonly emailAddress?: string[]
  readonly publicMetadata?: JsonObject
  readonly privateMetadata?: JsonObject
  readonly unsafeMetadata?: JsonObject
}

/** The Backend API, through a client. */
export interface BackendClient {
  createUser(params: UserParams): Promise<Outcome<StoredUser>>
  getUser(id: string): Promise<Outcome<StoredUser>>
  /** The usernames, and how many there are without a limit. */
  listUsers(query: {
    readonly query?: string
    readonly username?: string[]
    readonly orderBy?: 'username' | '-username'
    readonly limit?: number
    readonly offset?: number
  }): Promise<Outcome<{ readonly usernames: (string | null)[]; readonly total: number }>>
  getCount(query: { readonly query: string }): Promise<Outcome<number>>
  updateUser(id: string, params: UserParams): Promise<Outcome<StoredUser>>
  updateUserMetadata(id: string, params: object): Promise<Outcome<StoredUser>>
  replaceUserMetadata(id: string, params: object): Promise<Outcome<StoredUser>>
  deleteUser(id: string): Promise<Outcome<null>>
  /** Who a session token speaks for; null when it is not good. */
  verify(token: string): Promise<string | null>
  /** The same of one with another secret key. */
  withKey(secretKey: string): BackendClient
}

/** What a page shows of who is signed in. */
export interface Shown {
  readonly userId: string | null
  readonly username: string | null
  readonly firstName: string | null
  readonly unsafeMetadata: unknown
  readonly publicMetadata: unknown
  /** Everything the client holds of the user, as JSON. */
  readonly all: string
}

/** What a sign-up is given. */
export interface SignUpParams {
  readonly emailAddress?: string
  readonly username?: string
  readonly password?: string
  readonly unsafeMetadata?: JsonObject
  readonly publicMetadata?: JsonObject
}

/** The Frontend API, through a client in a page. */
export interface PageClient {
  load(): Promise<Outcome<Shown>>
  /** Begins a sign-up, and completes it where nothing is left to verify. */
  signUp(params: SignUpParams): Promise<Outcome<Shown>>
  /** Has a code sent to the e-mail address of the sign-up, and tries one. */
  verifyEmailAddress(code: string): Promise<Outcome<Shown>>
  signIn(identifier: string, password: string): Promise<Outcome<Shown>>
  signInByCode(identifier: string, code: string): Promise<Outcome<Shown>>
  update(params: object): Promise<Outcome<Shown>>
  updateMetadata(params: object): Promise<Outcome<Shown>>
  reload(): Promise<Outcome<Shown>>
  deleteUser(): Promise<Outcome<Shown>>
  getToken(): Promise<Outcome<string>>
  signOut(): Promise<Outcome<Shown>>
}

/** Gives what a call came to. @throws Error when it was refused */
export function done<T>(outcome: Outcome<T>): T {
  if ('value' in outcome) return outcome.value
  throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`)
}

/** Gives why a call was refused. @throws Error when it was not */
export function refusalOf(outcome: Outcome<unknown>): Refusal {
  if ('refusal' in outcome) return outcome.refusal
  throw new Error('was not refused')
}
