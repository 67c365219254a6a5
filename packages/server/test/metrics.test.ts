import { globSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import parse from 'parse-prometheus-text-format'
import { expect, onTestFinished, test } from 'vitest'
import { createMetrics } from '../src/node/metrics/metrics.ts'
import { routeOf } from '../src/node/metrics/route-of.ts'
import { readMetricsAddress } from '../src/node/metrics/serve-metrics.ts'
import { type StartOptions, startServer } from '../src/node/start-server.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { StorageError } from '../src/storage/storage-error.ts'
import { newFolder } from './command-line-setup.ts'

async function startCounted(options: Partial<StartOptions> = {}) {
  const directory = await newFolder()
  const server = await startServer({ directory, port: 0, metrics: { port: 0 }, ...options })
  onTestFinished(() => server.close())
  const call = (path: string, body?: object, init: RequestInit = {}) =>
    fetch(`${server.url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
      ...init,
    })
  const look = async (headers: Record<string, string> = {}) => {
    const response = await fetch(server.metricsUrl ?? '', { headers })
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
  }
  return { server, call, look }
}

interface Sample {
  readonly value?: string
  readonly labels?: Readonly<Record<string, string>>
}

/** Reads metrics by a parser of others: what has a name, by its labels. */
function read(text: string, name: string): readonly Sample[] {
  const family = (parse(text) as { name: string; metrics: Sample[] }[]).find((one) => one.name === name)
  return family?.metrics ?? []
}

const amountOf = (text: string, name: string, labels: Record<string, string>) =>
  Number(
    read(text, name).find((one) => Object.entries(labels).every(([key, value]) => one.labels?.[key] === value))?.value,
  )

test('what is done is counted by route, method, status and code, and nobody and nothing of theirs is named', async () => {
  const { server, call, look } = await startCounted()
  const user = await (
    await call('/v1/users', {
      username: 'canary_name',
      email_address: ['canary@example.com'],
      private_metadata: { canary: 'canary' },
    })
  ).json()
  await call(`/v1/users/${user.id}?canary=canary`)
  await call(`/v1/users/${user.id}/metadata`, undefined, {
    method: 'PATCH',
    body: JSON.stringify({ public_metadata: { canary: 'canary' } }),
  })
  await call('/v1/users', { username: 'canary_name' })
  await call('/v1/canary/canary')
  await call('/v1/users', undefined, { headers: { authorization: 'Bearer sk_test_canary_canary' } })
  // A method that is no word of HTTP.
  await new Promise((resolve) => {
    const asked = request(`${server.url}/v1/users`, { method: 'SEARCH' }, (response) =>
      response.resume().on('end', resolve),
    )
    asked.end()
  })
  const { status, type, text } = await look()
  expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  const requests = (labels: Record<string, string>) => amountOf(text, 'acme_http_requests_total', labels)
  expect(requests({ method: 'POST', route: '/v1/users', status: '200' })).toBe(1)
  expect(requests({ method: 'POST', route: '/v1/users', status: '422' })).toBe(1)
  expect(requests({ method: 'GET', route: '/v1/users/{id}', status: '200' })).toBe(1)
  expect(requests({ method: 'PATCH', route: '/v1/users/{id}/metadata', status: '200' })).toBe(1)
  expect(requests({ method: 'GET', route: 'other', status: '404' })).toBe(1)
  expect(requests({ method: 'other', route: '/v1/users' })).toBe(1)
  expect(amountOf(text, 'acme_refusals_total', { code: 'form_identifier_exists' })).toBe(1)
  expect(amountOf(text, 'acme_user_changes_total', { action: 'create' })).toBe(1)
  expect(amountOf(text, 'acme_user_changes_total', { action: 'update' })).toBe(1)
  expect(amountOf(text, 'acme_live_streams', {})).toBe(0)
  expect(amountOf(text, 'acme_jobs', { status: 'running' })).toBe(0)
  expect(amountOf(text, 'acme_webhook_oldest_event_seconds', {})).toBe(0)
  expect(Number(read(text, 'process_resident_memory_bytes')[0]?.value)).toBeGreaterThan(0)
  const timed = 'acme_http_request_duration_seconds_count{method="GET",route="/v1/users/{id}"} 1\n'
  expect(text).toContain(timed)

  const open = await look({ accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' })
  expect(open.type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
  expect(open.text).toMatch(/# EOF\n$/)
  expect(open.text).toContain('# TYPE acme_user_changes counter\n')
  expect(text + open.text).not.toMatch(/canary/i)
  expect(text + open.text).not.toContain(user.id)
  expect(text + open.text).not.toContain(server.secretKey)
})

test('whatever paths and methods strangers make up, there are no more series than operations', async () => {
  const { call, look } = await startCounted()
  const series = async () => (await look()).text.split('\n').filter((line) => line.startsWith('acme_')).length
  await call('/v1/made_up')
  await call('/v1/users/user_0')
  const before = await series()
  for (let index = 0; index < 50; index++) await call(`/v1/made_up_${index}`)
  for (let index = 0; index < 50; index++) await call(`/v1/users/user_${index}`)
  expect(await series()).toBe(before)
  expect(['/v1/users/a/b/c', '/v1/users/{id}/x', '//v1', '', '/v1/users/count/'].map(routeOf)).toEqual([
    'other',
    'other',
    'other',
    'other',
    '/v1/users/count',
  ])
})

test('they are apart from the server, and not for strangers', async () => {
  const { server, call, look } = await startCounted({ metrics: { port: 0, token: 'a token of some length' } })
  expect((await call('/metrics')).status).toBe(404)
  expect((await look()).status).toBe(401)
  expect((await look({ authorization: 'Bearer a token of some lengtH' })).status).toBe(401)
  expect((await look({ authorization: `Bearer ${server.secretKey}` })).status).toBe(401)
  expect((await look({ authorization: 'Bearer a token of some length' })).status).toBe(200)

  expect(readMetricsAddress('9464', undefined)).toEqual({ port: 9464, hostname: '127.0.0.1', token: undefined })
  expect(readMetricsAddress('[::1]:9464', undefined).hostname).toBe('::1')
  expect(() => readMetricsAddress('0.0.0.0:9464', undefined)).toThrow('ACME_METRICS_TOKEN')
  expect(readMetricsAddress('0.0.0.0:9464', 'sixteen_or_more_').hostname).toBe('0.0.0.0')
  expect(() => readMetricsAddress('9464', 'short')).toThrow('16 characters')
  for (const text of ['', 'x', '99999', 'http://127.0.0.1:1']) {
    expect(() => readMetricsAddress(text, undefined)).toThrow('--metrics takes')
  }
  const shown = startServer({ directory: await newFolder(), port: 0, metrics: { port: 0, hostname: '0.0.0.0' } })
  await expect(shown).rejects.toThrow('ACME_METRICS_TOKEN')
})

test('a page whose name was made to lead to this machine is told nothing', async () => {
  const { server } = await startCounted()
  const status = await new Promise((resolve) => {
    const asked = request(server.metricsUrl ?? '', { headers: { host: 'rebound.example:9464' } }, (response) =>
      resolve(response.resume().statusCode),
    )
    asked.end()
  })
  expect(status).toBe(403)
})

test('what the database cannot do, what waits for it and what becomes of webhooks is counted', async () => {
  const metrics = await createMetrics()
  const memory = createMemoryStorage()
  const storage = metrics.storage({
    ...memory,
    find: () => Promise.reject(new StorageError('unreachable', new Error('canary'))),
  })
  await expect(storage.find('users', 'user_1')).rejects.toThrow()
  const delivery = {
    id: 'ep_1/msg_1',
    endpointId: 'ep_1',
    eventId: 'msg_1',
    shard: 0,
    userId: 'user_canary',
    version: 1,
    type: 'user.created',
    fields: [],
    at: 1,
    status: 'pending',
    dueAt: 1,
    isHeld: false,
    attempts: 0,
    lastAttempt: null,
    expireAt: 9,
  } as const
  for (const change of [
    {},
    { attempts: 1, isHeld: true },
    { attempts: 2, status: 'delivered' },
    { status: 'parked' },
  ] as const) {
    const row = { ...delivery, ...change }
    await storage.transact({ reads: [], decide: () => ({ writes: [{ put: 'webhookDeliveries', row }], result: null }) })
  }
  const refused = storage.transact({
    reads: [],
    decide() {
      throw new RangeError('refused')
    },
  })
  await expect(refused).rejects.toThrow(RangeError)
  const { text } = await metrics.expose(false)
  expect(amountOf(text, 'acme_storage_errors_total', { failure: 'unreachable' })).toBe(1)
  expect(read(text, 'acme_storage_errors_total')).toHaveLength(1)
  expect(amountOf(text, 'acme_storage_transactions_in_flight', {})).toBe(0)
  for (const outcome of ['queued', 'failed', 'delivered', 'parked']) {
    expect([outcome, amountOf(text, 'acme_webhook_events_total', { outcome })]).toEqual([outcome, 1])
  }
  expect(text).not.toContain('canary')
})

test('the library is loaded by who counts, and by nobody else', () => {
  const folder = new URL('../src/', import.meta.url)
  const users = globSync('**/*.ts', { cwd: folder }).filter((file) =>
    /['"]prom-client['"]/.test(readFileSync(new URL(file, folder), 'utf8')),
  )
  expect(users).toEqual(['node/metrics/metrics.ts'])
  expect(readFileSync(new URL('node/metrics/metrics.ts', folder), 'utf8')).not.toMatch(/from 'prom-client'/)
})
