import type { MetadataDefinition, RegisteredMetadata } from '@acme/schema'
import { defaultTotalTimeout } from '@acme/transport'
import { type Authenticate, createAuthenticate } from './authenticate.ts'
import { connect } from './connect.ts'
import { createTokenReader } from './create-token-reader.ts'
import { createJobs, type Jobs } from './jobs.ts'
import type { BackendOptions } from './options.ts'
import { createTokens, type Tokens } from './tokens.ts'
import { createUsers, type Users } from './users.ts'

/** The server side of an instance. */
export interface Backend<M = RegisteredMetadata> {
  readonly users: Users<M>
  readonly tokens: Tokens<M>
  readonly jobs: Jobs
  /**
   * Finds out who is behind a request, of Fetch or of Node: by its session token, in `Authorization: Bearer` or in the
   * cookie `__session`. Says why where nobody is known, and throws for no token, whatever it is.
   *
   * @throws AcmeError `authorized_party_invalid` for what is no origin; `authorized_parties_missing` when a user's cookie
   * comes with a request that may change something and no origins were given; `publishable_key_invalid`; and what a call
   * throws when the keys of the instance cannot be read.
   *
   * @example
   * const auth = await backend.authenticate(request, { authorizedParties: ['https://app.example.com'] })
   * if (!auth.isAuthenticated) return new Response(auth.message, { status: 401 })
   * const user = await auth.getUser()
   */
  readonly authenticate: Authenticate<M>
}

/**
 * Makes the server side of an instance. The metadata types come from `metadata`, from a type argument
 * (an interface with `public`, `private` and `unsafe`), or from what the app registered.
 *
 * @throws {@link AcmeError} `secret_key_invalid` for a key of another form, and `secret_key_in_page`
 * in a browser page, where a secret key must never be; `api_url_missing` or `api_url_invalid`, since a secret key is
 * sent nowhere by default.
 *
 * @example
 * // ACME_SECRET_KEY and ACME_API_URL are in the environment.
 * const { users } = createBackend({ metadata })
 */
export function createBackend<M = RegisteredMetadata>(options: BackendOptions<M> = {}): Backend<M> {
  const { http, server } = connect(options)
  const definition = options.metadata as MetadataDefinition | undefined
  const totalTimeout = options.totalTimeout ?? defaultTotalTimeout
  const users = createUsers<M>(http, server, totalTimeout, definition)
  const readToken = createTokenReader(http)
  return {
    users,
    tokens: createTokens<M>(readToken),
    jobs: createJobs(http),
    authenticate: createAuthenticate(readToken, users),
  }
}
