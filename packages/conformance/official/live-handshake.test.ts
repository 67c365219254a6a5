import { createPublicKey } from 'node:crypto'
import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { createClerkClient } from '@clerk/backend'
import { expect, test } from 'vitest'
import { secretKey } from '../place.ts'

const api = 'https://clerk.example.com'
const page = 'https://app.example.com/profile?tab=1'

test.each([
  ['', {}, {}],
  [', with claims', { plan: 'pro' }, { plan: 'pro' }],
  [
    ', without the claims that no cookie has room for',
    { plan: 'pro', bio: 'b'.repeat(900), note: 'n'.repeat(100) },
    { plan: 'pro', note: 'n'.repeat(100), claims_omitted: ['bio'] },
  ],
  [
    ', without any claim where not even their names have room',
    Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${'n'.repeat(36)}_${at}`, 'x'])),
    { claims_omitted: ['*'] },
  ],
])('a live instance tells servers of the page who is signed in, by cookies alone%s', async (_, metadata, claims) => {
  const publishableKey = formatPublishableKey({ instanceType: 'live', host: 'clerk.example.com' })
  const server = await createServer({
    storage: createMemoryStorage(),
    publishableKey,
    secretKeys: [secretKey],
    passwords: createPbkdf2Passwords({ iterations: 1 }),
    allowedOrigins: ['https://app.example.com'],
  })
  const [id = ''] = await server.createUsers([{ username: 'ada_lovelace', public_metadata: metadata }])
  const options = { claims: Object.fromEntries(Object.keys(metadata).map((name) => [name, `public.${name}`])) }
  const push = new Request(`${api}/v1/metadata_schemas`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ schemas: {}, options, allow_large_claims: true }),
  })
  expect((await server.fetch(push)).status).toBe(200)
  const client = await server.signIn(id)
  const { keys } = await (await server.fetch(new Request(`${api}/.well-known/jwks.json`))).json()
  const jwtKey = `${createPublicKey({ key: keys[0], format: 'jwk' }).export({ type: 'spki', format: 'pem' })}`
  const clerk = createClerkClient({ secretKey, publishableKey, jwtKey, telemetry: { disabled: true } })
  const visit = (cookie: string) =>
    clerk.authenticateRequest(
      new Request(page, { headers: { cookie, 'sec-fetch-dest': 'document', accept: 'text/html' } }),
    )
  const cookiesOf = ({ headers }: { readonly headers: Headers }) =>
    headers.getSetCookie().flatMap((text) => (text.includes('Max-Age=0') ? [] : [`${text.split(';')[0]}`]))

  // Signed in some time ago, as `__client_uat` tells, with a token that has run out.
  const sent = await visit(`__client_uat=${Math.floor(Date.now() / 1_000) - 5}`)
  expect(sent.status).toBe('handshake')
  const there = `${sent.headers.get('location')}`
  expect(new URL(there).origin).toBe(api)
  const answer = await server.fetch(new Request(there, { headers: { cookie: `__client=${client}` } }))
  expect([answer.status, answer.headers.get('location')]).toEqual([307, page])
  for (const cookie of answer.headers.getSetCookie()) expect(cookie.length).toBeLessThanOrEqual(4_096)
  const back = await visit(cookiesOf(answer).join('; '))
  for (const cookie of back.headers.getSetCookie()) expect(cookie.length).toBeLessThanOrEqual(4_096)
  const known = await visit(cookiesOf(back).join('; '))
  expect(known.toAuth()).toMatchObject({ userId: id, sessionClaims: claims })
})
