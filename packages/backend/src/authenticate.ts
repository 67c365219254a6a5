import { AcmeError, type CallOptions, isAcmeError, type RegisteredMetadata, type TokenClaims } from '@acme/schema'
import type { User } from './backend-user.ts'
import type { ReadToken } from './create-token-reader.ts'
import { type AnyRequest, findToken, readHeader } from './find-token.ts'
import { toSession } from './tokens.ts'
import type { Users } from './users.ts'

/** How a request is judged. */
export interface AuthenticateOptions extends CallOptions {
  /**
   * The origins of the pages that may call, such as `https://app.example.com`: a token made for another page is refused.
   * Needed where cookies are taken for more than reading, lest any page on the web could have its visitors do so.
   */
  readonly authorizedParties?: readonly string[] | undefined
  /** The instance's publishable key: what Clerk's clients name their cookies after, where several share an origin. */
  readonly publishableKey?: string | undefined
  /** The version of the user that the token must have been made of, or a newer one. */
  readonly minVersion?: number | undefined
}

/** A request whose user is known. */
export interface Authenticated<M = RegisteredMetadata> {
  readonly isAuthenticated: true
  readonly userId: string
  readonly sessionId: string
  /** Everything that the token says, typed by the claims that the app has defined. */
  readonly claims: TokenClaims<M>
  /** Reads the user, with every kind of metadata; fails as `users.getUser` does. */
  getUser(options?: CallOptions): Promise<User<M>>
}

/** A request whose user is not known, and why. */
export interface NotAuthenticated {
  readonly isAuthenticated: false
  /**
   * `token_missing`: it carries none; `token_invalid`: it carries one that is refused, or over; `origin_refused`: a cookie
   * came with a request that may change something, and not from one of the pages that may call; `token_stale`: the token is
   * good, and of a version of the user before `minVersion`.
   */
  readonly reason: 'token_missing' | 'token_invalid' | 'token_stale' | 'origin_refused'
  /** The same in words, for a log: without the token. */
  readonly message: string
}

/** Who is behind a request, or why that is not known. */
export type Authentication<M = RegisteredMetadata> = Authenticated<M> | NotAuthenticated

/** Finds out who is behind a request. */
export type Authenticate<M = RegisteredMetadata> = (
  request: AnyRequest,
  options?: AuthenticateOptions,
) => Promise<Authentication<M>>

/** The methods that change nothing (RFC 9110, section 9.2.1): pages of other origins may send them, and read no answer. */
const safeMethods: readonly (string | undefined)[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/** Makes what finds out who is behind a request. */
export function createAuthenticate<M>(readToken: ReadToken, users: Users<M>): Authenticate<M> {
  return async (request, { publishableKey, ...options } = {}) => {
    const { authorizedParties } = options
    for (const party of authorizedParties ?? []) assertOrigin(party)
    const found = await findToken(request, publishableKey)
    if (!found) return refuse('token_missing', 'The request carries no session token.')
    // To open a socket is no mere reading: it is not kept from pages of other origins.
    const isSafe = safeMethods.includes(request.method) && readHeader(request, 'upgrade') === undefined
    const changes = found.isCookie && !isSafe
    if (changes && authorizedParties && !authorizedParties.includes(`${readHeader(request, 'origin')}`)) {
      const message = 'The request comes with a cookie, may change something, and names no origin that may call.'
      return refuse('origin_refused', message)
    }
    try {
      const token = await readToken(found.token, options)
      // Only now, when it is a user who asks: strangers get no other answer by a cookie of their own.
      if (changes && !authorizedParties) throw partiesMissing()
      const { userId, sessionId, claims } = toSession<M>(token)
      return { isAuthenticated: true, userId, sessionId, claims, getUser: (how) => users.getUser(userId, how) }
    } catch (error) {
      if (isAcmeError(error) && (error.code === 'token_invalid' || error.code === 'token_stale')) {
        return refuse(error.code, error.message)
      }
      throw error
    }
  }
}

function refuse(reason: NotAuthenticated['reason'], message: string): NotAuthenticated {
  return { isAuthenticated: false, reason, message }
}

function assertOrigin(party: string): void {
  if (URL.canParse(party) && new URL(party).origin === party) return
  const message =
    'authorizedParties holds something that is no origin: each has the form https://app.example.com, without a path or a slash at its end.'
  throw new AcmeError({ code: 'authorized_party_invalid', message })
}

function partiesMissing(): AcmeError {
  const message =
    'A cookie came with a request that may change something: give authorizedParties, the origins of the pages that may call.'
  return new AcmeError({ code: 'authorized_parties_missing', message })
}
