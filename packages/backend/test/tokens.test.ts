import fc from 'fast-check'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createBackend } from '../src/index.ts'
import { createVerifiedTokens, tokensKept } from '../src/verified-tokens.ts'

const kid = 'ins_1'
const ours = await generateKeyPair('RS256', { extractable: true })
const theirs = await generateKeyPair('RS256')
const jwk = { ...(await exportJWK(ours.publicKey)), kid, alg: 'RS256', use: 'sig' }
const now = () => Math.floor(Date.now() / 1_000)
const claims = { sub: 'user_1', sid: 'sess_1', azp: 'https://app.example' }

interface Changes {
  readonly key?: CryptoKey | Uint8Array
  readonly alg?: string
  readonly kid?: string
}

function sign(
  changes: Record<string, unknown> = {},
  { key = ours.privateKey, alg = 'RS256', kid: keyId = kid }: Changes = {},
) {
  return new SignJWT({ ...claims, iat: now(), nbf: now() - 10, exp: now() + 60, ...changes })
    .setProtectedHeader({ alg, kid: keyId })
    .sign(key)
}

function start(keys = [jwk]) {
  const fetch = vi.fn(
    async (_request: Request) =>
      new Response(JSON.stringify({ keys }), { headers: { 'content-type': 'application/json' } }),
  )
  return {
    fetch,
    tokens: createBackend({ secretKey: 'sk_test_0123456789', apiUrl: 'http://127.0.0.1:1', fetch }).tokens,
  }
}

const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const expired = { exp: now() - 6 }

test.each([
  ['1', { org_id: 'org_1', org_role: 'admin', org_slug: 'acme', org_permissions: [] }],
  ['2', { v: 2, jti: 'a', sts: 'active', fva: [0, -1], pla: 'u:pro', o: { id: 'org_1' } }],
])('a token of version %s speaks for its user', async (_, more) => {
  expect(await start().tokens.verify(await sign(more))).toEqual({
    userId: 'user_1',
    sessionId: 'sess_1',
    authorizedParty: 'https://app.example',
    userVersion: undefined,
    claims: expect.objectContaining({ ...claims, ...more }),
    claimsOmitted: [],
  })
})

test('a token says what the app has defined, and what there was no room for', async () => {
  const { tokens } = start()
  const said = await tokens.verify(await sign({ uv: 7, plan: 'pro', deep: { a: [1] }, claims_omitted: ['bio'] }))
  expect(said).toMatchObject({ userVersion: 7, claims: { plan: 'pro', deep: { a: [1] } }, claimsOmitted: ['bio'] })
  // It is kept, and given again.
  expect(Object.isFrozen(said.claims) && Object.isFrozen(said.claims['deep'])).toBe(true)
})

test('a token that is older than a write is told apart from one that is wrong', async () => {
  const { tokens } = start()
  const token = await sign({ uv: 7 })
  expect(await tokens.verify(token, { minVersion: 7 })).toMatchObject({ userVersion: 7 })
  await expect(tokens.verify(token, { minVersion: 8 })).rejects.toMatchObject({ code: 'token_stale' })
  // By each call, though the token is known by now.
  expect(await tokens.verify(token, { minVersion: 6 })).toMatchObject({ userVersion: 7 })
  await expect(tokens.verify(await sign(), { minVersion: 1 })).rejects.toMatchObject({ code: 'token_stale' })
  await expect(tokens.verify(await sign({ uv: 9, exp: now() - 6 }), { minVersion: 8 })).rejects.toMatchObject({
    code: 'token_invalid',
  })
})

test.each<[string, () => Promise<string>]>([
  ['is of another issuer’s key under our key id', () => sign({}, { key: theirs.privateKey })],
  ['names a key that is not in our set', () => sign({}, { kid: 'ins_2' })],
  ['has no signature', async () => `${segment({ alg: 'none', kid })}.${segment({ ...claims, exp: now() + 60 })}.`],
  [
    'is signed by our public key as if it were a secret',
    async () => sign({}, { alg: 'HS256', key: new TextEncoder().encode(await exportSPKI(ours.publicKey)) }),
  ],
  ['is over by more than the skew', () => sign(expired)],
  ['is not valid yet by more than the skew', () => sign({ nbf: now() + 7 })],
  ['never ends', () => sign({ exp: undefined })],
  ['speaks for nobody', () => sign({ sub: undefined })],
  ['belongs to no session', () => sign({ sid: undefined })],
  ['was made for another page', () => sign({ azp: 'https://evil.example' })],
  ['was made for a page that is not known', () => sign({ azp: undefined })],
  ['has a session that is not complete', () => sign({ sts: 'pending' })],
  ['is no token', async () => 'canary'],
])('a token is refused that %s', async (_, makeToken) => {
  const token = await makeToken()
  const error = await start()
    .tokens.verify(token, { authorizedParties: ['https://app.example'] })
    .catch((error: unknown) => error)
  expect(error).toMatchObject({ code: 'token_invalid' })
  expect(String(error)).not.toContain(token)
})

test('a token has one spelling: whatever is changed, it is refused', async () => {
  const token = await sign()
  const { tokens } = start()
  const twin = (text: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    return alphabet[alphabet.indexOf(text) ^ 1] ?? ''
  }
  const spellings = [
    ...['\n', ' ', '=', '==', '\0', '.'].flatMap((more) => [token + more, more + token]),
    token.replace('.', '\n.'),
    token.replace('.', '=.'),
    // The last character of a signature of 256 bytes has bits that say nothing.
    token.replace(/.$/, twin),
    token.replaceAll('-', '+').replaceAll('_', '/').replace(/$/, '=='),
  ].filter((spelling) => spelling !== token)
  for (const spelling of spellings) {
    await expect(tokens.verify(spelling), JSON.stringify(spelling)).rejects.toMatchObject({ code: 'token_invalid' })
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(token.length), fc.string({ maxLength: 2 }), fc.nat(2), async (at, put, drop) => {
      const changed = token.slice(0, at) + put + token.slice(at + drop)
      if (changed === token) return
      await expect(tokens.verify(changed)).rejects.toMatchObject({ code: 'token_invalid' })
    }),
  )
  expect(await tokens.verify(token)).toMatchObject({ userId: 'user_1' })
})

test('a token within the skew tells who it speaks for', async () => {
  const { tokens } = start()
  const told = { userId: 'user_1', sessionId: 'sess_1', authorizedParty: 'https://app.example' }
  expect(await tokens.verify(await sign({ exp: now() - 3 }))).toMatchObject(told)
  expect(await tokens.verify(await sign({ nbf: now() + 3 }))).toMatchObject(told)
})

test('keys are fetched once, however many tokens name keys that are not there', async () => {
  const { tokens, fetch } = start()
  await tokens.verify(await sign())
  for (let count = 0; count < 5; count++) {
    await expect(tokens.verify(await sign({}, { kid: `ins_${count + 2}` }))).rejects.toMatchObject({
      code: 'token_invalid',
    })
  }
  expect(fetch).toHaveBeenCalledOnce()
})

/** Stops the clock, without stopping the timers that calls need. */
function stopClock(): (seconds: number) => void {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  return (seconds) => vi.setSystemTime(Date.now() + seconds * 1_000)
}

test('a token that was verified needs no cryptography again, and is judged like any other', async () => {
  const verify = vi.spyOn(crypto.subtle, 'verify')
  onTestFinished(() => verify.mockRestore())
  const pass = stopClock()
  const { tokens } = start()
  const token = await sign({ exp: now() + 60 })
  for (let count = 0; count < 3; count++) expect(await tokens.verify(token)).toMatchObject({ userId: 'user_1' })
  expect(verify).toHaveBeenCalledOnce()
  // For another door, under another spelling, after its time.
  const evil = { authorizedParties: ['https://evil.example'] }
  await expect(tokens.verify(token, evil)).rejects.toMatchObject({ code: 'token_invalid' })
  await expect(tokens.verify(`${token}=`)).rejects.toMatchObject({ code: 'token_invalid' })
  expect(await tokens.verify(token)).toMatchObject({ userId: 'user_1' })
  pass(64)
  expect(await tokens.verify(token)).toMatchObject({ userId: 'user_1' })
  pass(1)
  await expect(tokens.verify(token)).rejects.toThrow('exp')
})

test('a clock that is set back makes a known token early again', async () => {
  const pass = stopClock()
  const { tokens } = start()
  const token = await sign()
  await tokens.verify(token)
  pass(-16)
  await expect(tokens.verify(token)).rejects.toThrow('nbf')
})

test('what a session that is pending says is refused each time', async () => {
  const { tokens } = start()
  const token = await sign({ sts: 'pending' })
  for (let count = 0; count < 2; count++) await expect(tokens.verify(token)).rejects.toThrow('pending')
})

test('a token is forgotten with the key that signed it', async () => {
  const pass = stopClock()
  const keys = [jwk]
  const { tokens, fetch } = start(keys)
  const token = await sign({ exp: now() + 3_600 })
  await tokens.verify(token)
  keys[0] = { ...(await exportJWK(theirs.publicKey)), kid, alg: 'RS256', use: 'sig' }
  pass(299)
  await tokens.verify(token)
  expect(fetch).toHaveBeenCalledTimes(1)
  pass(1)
  await expect(tokens.verify(token)).rejects.toThrow('signature')
  expect(fetch).toHaveBeenCalledTimes(2)
})

test('so many tokens are known and no more, and none longer than it lives', () => {
  const pass = stopClock()
  const known = createVerifiedTokens()
  const say = { exp: now() + 60 }
  for (let count = 0; count <= tokensKept; count++) known.add(`a.${count}.c`, say)
  expect([known.get('a.0.c'), known.get('a.1.c'), known.get(`a.${tokensKept}.c`)]).toEqual([undefined, say, say])
  const long = `a.${'b'.repeat(5_000)}.c`
  known.add(long, say)
  expect(known.get(long)).toBeUndefined()
  pass(65)
  expect(known.get('a.1.c')).toBeUndefined()
})
