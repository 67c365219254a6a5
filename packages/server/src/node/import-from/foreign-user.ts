import type { JsonValue } from '@acme/schema'
import type { DigestReading, DigestRefusal } from '../../auth/foreign-hashes/password-digest.ts'

/** What can be told of a user and does not come along. */
export type LeftOut =
  | 'phone_number'
  | 'second_factor'
  | 'passkey'
  | 'external_account'
  | 'unverified_email_address'
  | 'password'

/** A user of another product, as its export tells of them. */
export interface ForeignUser {
  /** Their id there; empty where there is none. */
  readonly externalId: string
  /** The primary one first. */
  readonly emailAddresses: readonly { readonly emailAddress: string; readonly isVerified: boolean }[]
  readonly username: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  /** What is kept of the password; undefined where the export holds nothing. */
  readonly password: DigestReading | undefined
  /** The metadata, by the names that the product gives to its kinds; text that is to be read as JSON where it is text. */
  readonly metadata: Readonly<Record<string, JsonValue | undefined>>
  /** In milliseconds since the epoch. */
  readonly createdAt: number | undefined
  readonly lastSignInAt: number | undefined
  readonly isBanned: boolean
  /** Until when they are kept out, in milliseconds since the epoch. */
  readonly lockedUntil: number | undefined
  readonly leftOut: readonly LeftOut[]
  /** Why the user is not to be taken at all. */
  readonly gone?: string | undefined
}

/** Why a password is not taken along. */
export type { DigestRefusal }
