import type { IncomingMessage, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type AcmeError, isAcmeError } from '@acme/schema'
import { expect, onTestFinished, test } from 'vitest'
import type { Call } from '../src/call.ts'
import { createHttp } from '../src/http.ts'
import { errorBody, json, startScript } from './setup.ts'

const read: Call = { method: 'GET', path: 'users/user_1', isRead: true }
const write: Call = { method: 'PATCH', path: 'users/user_1', isRead: false, body: '{"secret":"canary"}' }
const key = 'Bearer sk_test_canary_key'

async function failureOf(url: string, call: Call): Promise<AcmeError> {
  const http = createHttp({ baseUrl: url })
  const error = await http.send({ ...call, headers: { authorization: key } }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isAcmeError(error)) throw new Error('it did not fail by an error of ours')
  return error
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const reset = (request: IncomingMessage) => void request.socket.destroy()
const cut = (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
  response.write('{"id":')
  setTimeout(() => response.destroy(), 10)
}
const page = (status: number) => (_: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
const ok = json(200, { id: 'user_1' })

test.each([
  ['a reset connection', reset],
  ['a body that is cut short', cut],
  ['a reply that is not JSON', page(200)],
  ['an HTML 502', page(502)],
  ['a 503', json(503, errorBody('maintenance_mode'))],
  ['a 429', json(429, errorBody('too_many_requests'), { 'retry-after': '0' })],
  ['a 408', json(408, {})],
])('a read is tried again after %s', async (_, fault) => {
  const { url, requests } = await startScript(fault, ok)
  const { json: body } = await createHttp({ baseUrl: url }).send(read)
  expect(body).toEqual({ id: 'user_1' })
  expect(Object.isFrozen(body)).toBe(true)
  expect(requests).toHaveLength(2)
})

test.each([
  ['a reset connection', reset, { name: 'NetworkError', outcome: 'unknown' }],
  ['a body that is cut short', cut, { name: 'NetworkError', outcome: 'unknown' }],
  [
    'an HTML 502',
    page(502),
    { name: 'ApiError', status: 502, code: 'unexpected_reply', outcome: 'unknown', retryable: true },
  ],
  [
    'a 422',
    json(422, errorBody('form_param_unknown')),
    { status: 422, code: 'form_param_unknown', outcome: 'not_applied' },
  ],
  [
    'a 429',
    json(429, errorBody('too_many_requests'), { 'retry-after': '3' }),
    { retryAfter: 3, outcome: 'not_applied' },
  ],
])('a write is sent once after %s, and says what came of it', async (_, fault, expected) => {
  const { url, requests } = await startScript(fault, ok)
  const error = await failureOf(url, write)
  expect(error).toMatchObject({ attempts: 1, ...expected })
  expect(requests).toHaveLength(1)
})

test('a write that may be repeated is tried again, with the same headers', async () => {
  const { url, requests } = await startScript(reset, json(500, {}), ok)
  const call = { ...write, isRepeatable: true, headers: { 'idempotency-key': 'k1' } }
  await createHttp({ baseUrl: url }).send(call)
  expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['k1', 'k1', 'k1'])
})

test('a refused connection is not a write that may have happened', async () => {
  const { url, server } = await startScript(ok)
  await new Promise((resolve) => server.close(resolve))
  const error = await failureOf(url, write)
  expect(error).toMatchObject({
    name: 'NetworkError',
    code: 'network_error',
    outcome: 'not_applied',
    attempts: 3,
    retryable: true,
  })
  expect(error.message).toContain('ECONNREFUSED')
})

test('a server that hangs ends the call, and the socket with it', async () => {
  const { url, requests } = await startScript(() => {})
  const call = { ...write, timeout: 50, totalTimeout: 120 }
  expect(await failureOf(url, call)).toMatchObject({
    name: 'TimeoutError',
    code: 'timeout',
    outcome: 'unknown',
    attempts: 1,
  })
  const again = await failureOf(url, { ...read, timeout: 50, totalTimeout: 10_000 })
  expect(again).toMatchObject({ name: 'TimeoutError', outcome: 'not_applied', attempts: 3 })
  await expect.poll(() => requests.every(({ socket }) => socket.destroyed)).toBe(true)
})

test.each([
  ['before its answer', () => {}],
  ['within its answer', (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200).write('{')],
])('a server that hangs %s is let go, whatever was collected meanwhile', async (_, hang) => {
  const { url, requests } = await startScript(json(503, {}, { 'retry-after': '0' }), hang)
  const http = createHttp({ baseUrl: url, timeout: 300, totalTimeout: 10_000 })
  const collecting = setInterval(collectGarbage, 20)
  onTestFinished(() => clearInterval(collecting))
  await expect(http.send(read)).rejects.toMatchObject({ name: 'TimeoutError', attempts: 3 })
  await expect.poll(() => requests.slice(1).every(({ socket }) => socket.destroyed)).toBe(true)
})

test('what comes after an attempt was given up is not taken for what became of the next', async () => {
  const refused = () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  const failureAfter = (...attempts: readonly (() => Promise<Response>)[]) => {
    let count = 0
    // A fetch that does not care for signals.
    const fetch = () => attempts[count++]?.() ?? Promise.reject(refused())
    const http = createHttp({ baseUrl: 'http://localhost', fetch, timeout: 50, totalTimeout: 10_000 })
    return http.send({ ...write, isRepeatable: true }).catch((error: unknown) => error)
  }
  const late = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  const answered = failureAfter(async () => {
    await late(60)
    return Response.json({ id: 'user_1' })
  })
  expect(await answered).toMatchObject({ outcome: 'unknown', attempts: 3 })

  const second = Promise.withResolvers<void>()
  const refusedLate = failureAfter(
    async () => {
      await second.promise
      throw refused()
    },
    async () => {
      second.resolve()
      await late(10)
      throw new Error('reset')
    },
  )
  expect(await refusedLate).toMatchObject({ outcome: 'unknown', attempts: 3 })
})

test('a signal ends the call while it waits for an answer, and while it waits to try again', async () => {
  const { url } = await startScript(() => {})
  const waiting = failureOf(url, { ...write, signal: AbortSignal.timeout(50) })
  expect(await waiting).toMatchObject({ name: 'AbortError', code: 'aborted', outcome: 'unknown', retryable: false })
  const busy = await startScript(json(503, errorBody('maintenance_mode'), { 'retry-after': '20' }))
  const error = await failureOf(busy.url, { ...read, signal: AbortSignal.timeout(100) })
  expect(error).toMatchObject({ name: 'AbortError', attempts: 1, outcome: 'not_applied' })
  const early = await failureOf(url, { ...write, signal: AbortSignal.abort() })
  expect(early).toMatchObject({ name: 'AbortError', outcome: 'not_applied', attempts: 0 })
})

test.each([['86400'], ['99999999999999999999'], [new Date(Date.now() + 86_400_000).toUTCString()]])(
  'a Retry-After beyond the time allowed (%s) gives the error at once',
  async (wait) => {
    const { url, requests } = await startScript(json(429, errorBody('too_many_requests'), { 'retry-after': wait }), ok)
    const error = await failureOf(url, read)
    expect(error).toMatchObject({ status: 429, code: 'too_many_requests', attempts: 1, retryable: true })
    expect(error.retryAfter).toBeGreaterThan(86_000)
    expect(requests).toHaveLength(1)
  },
)

test.each([['-5'], ['soon'], ['1.5e3x']])('a Retry-After that makes no sense (%s) is passed over', async (wait) => {
  const { url } = await startScript(json(429, errorBody('too_many_requests'), { 'retry-after': wait }), ok)
  expect((await createHttp({ baseUrl: url }).send(read)).json).toEqual({ id: 'user_1' })
})

test('a call may be given no time at all, or time without end', async () => {
  const { url, requests } = await startScript(json(503, {}), ok)
  const none = failureOf(url, { ...read, totalTimeout: 0 })
  await expect(none).resolves.toMatchObject({ name: 'TimeoutError', attempts: 0, outcome: 'not_applied' })
  expect(requests).toHaveLength(0)
  const endless = { timeout: Number.POSITIVE_INFINITY, totalTimeout: Number.POSITIVE_INFINITY }
  expect((await createHttp({ baseUrl: url, ...endless }).send(read)).json).toEqual({ id: 'user_1' })
})

test('redirects are not followed, so that the key goes nowhere else', async () => {
  const elsewhere = await startScript(ok)
  const { url } = await startScript(
    (_, response) => void response.writeHead(307, { location: `${elsewhere.url}/` }).end(),
  )
  expect(await failureOf(url, read)).toMatchObject({ status: 307, code: 'unexpected_reply', retryable: false })
  expect(elsewhere.requests).toHaveLength(0)
})

test('retries end when the quota of the client is used up', async () => {
  const { url, requests } = await startScript(json(500, {}))
  const http = createHttp({ baseUrl: url })
  for (let call = 0; call < 10; call++) await http.send(read).catch(() => {})
  // Ten calls, and the ten retries of the quota instead of twenty.
  expect(requests).toHaveLength(20)
})

test('a Retry-After is read with spaces around the number', async () => {
  for (const wait of [' 90', '90 ', ' \t 90 \t ']) {
    const { url } = await startScript(json(429, errorBody('too_many_requests'), { 'retry-after': wait }))
    expect(await failureOf(url, read)).toMatchObject({ status: 429, retryAfter: 90, attempts: 1 })
  }
})

test('a header that none can have is refused before anything is sent', async () => {
  const { url, requests } = await startScript(ok)
  const call = { ...write, isRepeatable: true, headers: { 'idempotency-key': 'a\nb' } }
  const failure = createHttp({ baseUrl: url }).send(call)
  await expect(failure).rejects.toMatchObject({ name: 'NetworkError', attempts: 0, outcome: 'not_applied' })
  expect(requests).toHaveLength(0)
})

test('no error holds the key, the body or the query, at any depth', async () => {
  const { url } = await startScript(json(422, errorBody('form_param_unknown')))
  const dead = await startScript(ok)
  await new Promise((resolve) => dead.server.close(resolve))
  const reflected = await startScript(page(200))
  const secretRead = { ...read, path: 'users?email_address=canary%40example.com' }
  for (const error of [
    await failureOf(url, write),
    await failureOf(dead.url, { ...write, path: 'users?query=canary' }),
    await failureOf(reflected.url, write),
    await failureOf(url, secretRead),
    await failureOf((await startScript(() => {})).url, { ...write, timeout: 30 }),
    await failureOf(url, { ...write, signal: AbortSignal.abort() }),
  ]) {
    const seen = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true })
    expect(seen + JSON.stringify(error) + error.stack + String(error)).not.toContain('canary')
  }
})

test('each error of the wire has its class', async () => {
  const large = {
    param_name: 'public_metadata',
    bytes: 9_000,
    limit: 8_192,
    largest: [{ path: ['big'], bytes: 8_900 }],
  }
  const cases: [string, object | undefined, object][] = [
    [
      'form_param_exceeds_allowed_size',
      large,
      { name: 'MetadataTooLargeError', kind: 'public', bytes: 9_000, largest: [{ path: ['big'], bytes: 8_900 }] },
    ],
    // As Clerk says it, without figures.
    [
      'form_param_exceeds_allowed_size',
      { param_name: 'private_metadata' },
      { name: 'MetadataTooLargeError', kind: 'private', bytes: undefined, limit: 8_192 },
    ],
    [
      'form_param_value_invalid',
      { param_name: 'unsafe_metadata', path: ['a', 0], issue: 'is bad' },
      { name: 'MetadataInvalidError', kind: 'unsafe', issues: [{ path: ['a', 0], message: 'is bad' }] },
    ],
    ['form_param_value_invalid', { param_name: 'first_name' }, { name: 'ApiError', errors: [{ param: 'first_name' }] }],
    ['resource_not_found', undefined, { name: 'ApiError', message: 'A long message.', traceId: 'trace1' }],
  ]
  for (const [code, meta, expected] of cases) {
    const { url } = await startScript(json(422, errorBody(code, meta)))
    expect(await failureOf(url, write)).toMatchObject({ code, status: 422, ...expected })
  }
})
