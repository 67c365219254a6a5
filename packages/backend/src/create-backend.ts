import { AcmeError, isSecretKey, type MetadataDefinition, type RegisteredMetadata } from '@acme/schema'
import { type Call, createHttp, defaultTotalTimeout } from '@acme/transport'
import type { BackendOptions } from './options.ts'
import { refusePage } from './refuse-page.ts'
import { watchServer } from './server.ts'
import { createTokens, type Tokens } from './tokens.ts'
import { createUsers, type Users } from './users.ts'

/** The server side of an instance. */
export interface Backend<M = RegisteredMetadata> {
  readonly users: Users<M>
  readonly tokens: Tokens
}

/** The version of the Backend API that is spoken. */
const apiVersion = '2026-05-12'

/**
 * Makes the server side of an instance. The metadata types come from `metadata`, from a type argument
 * (an interface with `public`, `private` and `unsafe`), or from what the app registered.
 *
 * @throws {@link AcmeError} `secret_key_invalid` for a key of another form, and `secret_key_in_page`
 * in a browser page, where a secret key must never be.
 *
 * @example
 * const { users } = createBackend({ secretKey: process.env.ACME_SECRET_KEY, metadata })
 */
export function createBackend<M = RegisteredMetadata>(options: BackendOptions<M>): Backend<M> {
  refusePage()
  if (!isSecretKey(options.secretKey ?? '')) {
    throw new AcmeError({
      code: 'secret_key_invalid',
      message: 'Not a secret key: it has the form sk_test_… or sk_live_…. Is the environment variable set?',
    })
  }
  const inner = createHttp({
    ...options,
    baseUrl: (options.apiUrl ?? 'https://api.clerk.com').replace(/\/$/, ''),
  })
  const { http, server } = watchServer({
    send: (call: Call) =>
      inner.send({
        ...call,
        headers: {
          authorization: `Bearer ${options.secretKey}`,
          'clerk-api-version': apiVersion,
          // Asks for what only @acme/server knows; Clerk ignores it.
          'acme-version': '1',
          ...call.headers,
        },
      }),
  })
  const definition = options.metadata as MetadataDefinition | undefined
  const totalTimeout = options.totalTimeout ?? defaultTotalTimeout
  return { users: createUsers<M>(http, server, totalTimeout, definition), tokens: createTokens(http) }
}
