import type { IncomingMessage } from 'node:http'
import { type Authenticated, createBackend } from '@acme/backend'
import type { JsonObject } from '@acme/schema'
import { expectTypeOf, test } from 'vitest'

interface Metadata {
  public: { plan: 'free' | 'pro' }
}

declare const request: Request
declare const received: IncomingMessage

test('who is behind a request is known by asking whether it is', async () => {
  const { authenticate } = createBackend<Metadata>()
  const auth = await authenticate(request, { authorizedParties: ['https://app.example.com'] })
  // @ts-expect-error - it may be nobody
  auth.userId
  if (!auth.isAuthenticated) {
    expectTypeOf(auth.reason).toEqualTypeOf<'token_missing' | 'token_invalid' | 'token_stale' | 'origin_refused'>()
    expectTypeOf(auth.message).toEqualTypeOf<string>()
    // @ts-expect-error - there is no user to read
    auth.getUser()
    return
  }
  expectTypeOf(auth).toEqualTypeOf<Authenticated<Metadata>>()
  expectTypeOf(auth.claims).toEqualTypeOf<JsonObject>()
  expectTypeOf((await auth.getUser()).publicMetadata.plan).toEqualTypeOf<'free' | 'pro'>()
  // @ts-expect-error - there is no such reason
  if (auth.reason === 'whatever') return
})

test('a request is one of Fetch, or one of Node', () => {
  const { authenticate } = createBackend()
  void authenticate(request)
  void authenticate(received)
  void authenticate({ method: 'GET', headers: new Headers() })
  void authenticate({ headers: { authorization: 'Bearer x' } })
  // @ts-expect-error - a token is for tokens.verify
  void authenticate('a.b.c')
  // @ts-expect-error - headers are what is looked at
  void authenticate({ method: 'GET' })
  // @ts-expect-error - one origin is a list of one
  void authenticate(request, { authorizedParties: 'https://app.example.com' })
})
