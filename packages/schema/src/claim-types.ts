import type { ClaimPaths } from './claims.ts'
import type { JsonObject, JsonValue } from './json.ts'
import type { Stored } from './metadata-path.ts'
import type { Refused, RegisteredMetadata } from './metadata-types.ts'
import type { Kind, ReadableKind } from './visibility.ts'

/** What stands at a path of keys of a value: never, where nothing can. */
type ValueAt<T, Path extends string> = unknown extends T
  ? JsonValue
  : T extends readonly unknown[]
    ? never
    : T extends object
      ? Path extends `${infer Key}.${infer Rest}`
        ? Key extends keyof T & string
          ? ValueAt<T[Key], Rest>
          : never
        : Path extends keyof T & string
          ? Exclude<T[Path], undefined>
          : never
      : never

/** What a claim is, by the path that it is read from. */
export type ClaimAt<S, Path extends string> = Path extends `${infer K extends ReadableKind<'frontend'>}.${infer Keys}`
  ? ValueAt<Stored<S, K>, Keys>
  : never

/** A path as it may stand in `claims`; for any other a type that nothing has, whose name tells why. */
type ClaimPath<S, Path> = Path extends `${Exclude<Kind, ReadableKind<'frontend'>>}.${string}`
  ? Refused<`${Path} is not the frontend's to read, and whoever holds a token can read it`>
  : Path extends string
    ? [ClaimAt<S, Path>] extends [never]
      ? Refused<`${Path} leads nowhere in the schemas`>
      : Path
    : string

/** Claims whose paths lead to what the front end may read of some metadata. */
export type CheckedClaims<S, C extends ClaimPaths> = C & { readonly [N in keyof C]: ClaimPath<S, C[N]> }

/** What every session token says of itself (RFC 7519, and Clerk's). */
export interface StandardClaims {
  /** The id of the user. */
  readonly sub: string
  /** The id of the session. */
  readonly sid: string
  readonly iss: string
  /** Since when and until when it is good, in seconds since the epoch. */
  readonly iat: number
  readonly nbf: number
  readonly exp: number
  /** The origin of the page that holds the session, where the server knows it. */
  readonly azp?: string | undefined
  /** The version of the user that it was made of. */
  readonly uv?: number | undefined
  /** The claims that it has no room for; `*` is all of them. */
  readonly claims_omitted?: readonly string[] | undefined
}

type Declared<M> = '~types' extends keyof M
  ? NonNullable<M['~types']> extends { readonly claims: infer C }
    ? C
    : unknown
  : unknown

/** Everything that a session token says: typed by the `claims` that the app has defined, or any JSON object. */
export type TokenClaims<M = RegisteredMetadata> =
  unknown extends Declared<M> ? JsonObject : keyof Declared<M> extends never ? JsonObject : StandardClaims & Declared<M>
