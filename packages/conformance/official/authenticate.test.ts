import { createBackend } from '@acme/backend'
import { formatPublishableKey } from '@acme/schema'
import { createClerkClient } from '@clerk/backend'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, onTestFinished, test } from 'vitest'
import { secretKey } from '../place.ts'

// Both are asked who is behind the same requests. The key is made here, so that every token can be.
const page = 'https://app.example.com'
const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
const stranger = await generateKeyPair('RS256')
const kid = 'ins_1'
const key = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
const now = Math.floor(Date.now() / 1_000)
const publishableKey = formatPublishableKey({ instanceType: 'live', host: 'clerk.example.com' })
const times = { iat: now - 5, nbf: now - 5, exp: now + 60 }

const sign = (claims: Record<string, unknown> = {}, signer = privateKey, alg = 'RS256') =>
  new SignJWT({ sub: 'user_1', sid: 'sess_1', azp: page, iss: 'https://clerk.example.com', v: 2, ...times, ...claims })
    .setProtectedHeader({ alg, kid, typ: 'JWT' })
    .sign(signer)

const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(publishableKey))
const suffix = Buffer.from(digest).toString('base64').replaceAll('+', '-').replaceAll('/', '_').slice(0, 8)
const uat = `__client_uat=${now - 10}; __client_uat_${suffix}=${now - 10}`
const good = await sign()

const requests: Record<string, Record<string, string>> = {
  'a bearer token': { authorization: `Bearer ${good}` },
  'a cookie': { cookie: `${uat}; __session=${good}` },
  'a cookie named after the key': { cookie: `${uat}; __session_${suffix}=${good}` },
  nothing: {},
  'another kind of authorization': { authorization: 'Basic YTpi' },
  'a bearer token that is over': {
    authorization: `Bearer ${await sign({ iat: now - 80, nbf: now - 80, exp: now - 20 })}`,
  },
  'a bearer token that is over within the skew': { authorization: `Bearer ${await sign({ exp: now - 2 })}` },
  'a bearer token that is not valid yet': { authorization: `Bearer ${await sign({ nbf: now + 30 })}` },
  'a bearer token of another key': { authorization: `Bearer ${await sign({}, stranger.privateKey)}` },
  'a bearer token for another page': { authorization: `Bearer ${await sign({ azp: 'https://evil.example' })}` },
  'a bearer token that was cut': { authorization: `Bearer ${good.slice(0, -4)}` },
  'a bearer token of a session that is pending': { authorization: `Bearer ${await sign({ sts: 'pending' })}` },
  'no token at all': { authorization: 'Bearer canary' },
  'a bad bearer token beside a good cookie': { authorization: 'Bearer canary', cookie: `${uat}; __session=${good}` },
}

test.each(Object.entries(requests))('both say the same of %s', async (_, headers) => {
  const { fetch } = globalThis
  onTestFinished(() => void Object.assign(globalThis, { fetch }))
  globalThis.fetch = async () => Response.json({ keys: [key] })

  const apiUrl = 'https://clerk.example.com'
  const clerk = createClerkClient({ secretKey, publishableKey, apiUrl, telemetry: { disabled: true } })
  const { authenticate } = createBackend<unknown>({ secretKey, apiUrl })
  const theirs = await clerk.authenticateRequest(new Request(page, { headers }), { authorizedParties: [page] })
  const ours = await authenticate(new Request(page, { headers }), { authorizedParties: [page], publishableKey })
  const auth = theirs.toAuth()
  expect(ours.isAuthenticated ? [ours.userId, ours.sessionId] : [null, null]).toEqual([
    auth?.userId ?? null,
    auth?.sessionId ?? null,
  ])
})
