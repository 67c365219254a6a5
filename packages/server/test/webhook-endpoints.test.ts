import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { assertTarget } from '../src/domain/webhooks/assert-target.ts'
import { isPublicAddress } from '../src/domain/webhooks/public-address.ts'
import { createGuardedFetch } from '../src/node/guarded-fetch.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { send, sendBackend, startServer } from './setup.ts'
import { startWorld } from './webhook-setup.ts'

const path = '/v1/webhook_endpoints'
const url = 'https://app.example/hooks'

test('an endpoint shows its secret when it is made, and by nothing else', async () => {
  const storage = createMemoryStorage()
  const { server } = await startWorld(storage)
  const headers = { 'idempotency-key': 'once' }
  const made = (await sendBackend(server, 'POST', path, { url, description: 'mine' }, headers)).json
  expect(made).toMatchObject({
    object: 'webhook_endpoint',
    url,
    event_types: ['user.created', 'user.updated', 'user.deleted'],
    include_private: false,
    status: 'enabled',
    description: 'mine',
    secrets: 1,
  })
  expect(atob(made.secret.slice('whsec_'.length))).toHaveLength(32)
  // The same request again is the same endpoint.
  expect((await sendBackend(server, 'POST', path, { url, description: 'mine' }, headers)).json).toEqual(made)
  const rotated = (await sendBackend(server, 'POST', `${path}/${made.id}/rotate_secret`)).json
  expect(rotated.secret).not.toBe(made.secret)
  expect(rotated.secrets).toBe(2)
  for (const [method, to, body] of [
    ['GET', path, undefined],
    ['GET', `${path}/${made.id}`, undefined],
    ['PATCH', `${path}/${made.id}`, { description: null }],
  ] as const) {
    const { text, status } = await sendBackend(server, method, to, body)
    expect(status).toBe(200)
    expect(text).not.toContain('whsec_')
  }
  const now = (await sendBackend(server, 'POST', `${path}/${made.id}/rotate_secret`, { expires_in_seconds: 0 })).json
  expect(now.secrets).toBe(1)
})

test('the secret that was replaced is signed with for a day', async () => {
  const { server, addEndpoint, pass } = await startWorld(createMemoryStorage())
  const endpoint = await addEndpoint()
  const signatures = async () => {
    await sendBackend(server, 'POST', '/v1/users', { username: `person_${Math.random().toString(36).slice(2)}` })
    await server.deliverWebhooks()
    return endpoint.received.at(-1)?.headers['webhook-signature']?.split(' ').length
  }
  expect(await signatures()).toBe(1)
  await sendBackend(server, 'POST', `${path}/${endpoint.id}/rotate_secret`)
  expect(await signatures()).toBe(2)
  pass(86_400_001)
  expect(await signatures()).toBe(1)
})

test('what is asked for wrongly is refused by name', async () => {
  const { server, addEndpoint } = await startWorld(createMemoryStorage())
  const { id } = await addEndpoint()
  for (const [method, to, body, status, code] of [
    ['POST', path, {}, 422, 'form_param_missing'],
    ['POST', path, { url, event_types: ['user.other'] }, 422, 'form_param_value_invalid'],
    ['POST', path, { url, event_types: [] }, 422, 'form_param_value_invalid'],
    ['POST', path, { url, secret: 'whsec_c2hvcnQ=' }, 422, 'form_param_value_invalid'],
    ['POST', path, { url, include: true }, 422, 'form_param_unknown'],
    ['PATCH', `${path}/${id}`, { url: 'http://app.example/' }, 422, 'webhook_url_refused'],
    ['PATCH', `${path}/${id}`, { status: 'gone' }, 422, 'form_param_value_invalid'],
    ['GET', `${path}/ep_nobody`, undefined, 404, 'resource_not_found'],
    ['DELETE', `${path}/ep_nobody`, undefined, 404, 'resource_not_found'],
    ['POST', `${path}/ep_nobody/replay`, { status: 'parked' }, 404, 'resource_not_found'],
    ['GET', `${path}/${id}/deliveries?status=delivered`, undefined, 422, 'form_param_value_invalid'],
  ] as const) {
    const { status: found, json } = await sendBackend(server, method, to, body)
    expect([to, found, json.errors[0].code]).toEqual([to, status, code])
  }
  expect((await send(server, path)).status).toBe(401)
  for (let count = 1; count < 20; count++) await addEndpoint()
  const { json } = await sendBackend(server, 'POST', path, { url })
  expect(json.errors[0].code).toBe('webhook_endpoints_exceeded')
})

test('a server that sends no webhooks takes no endpoints', async () => {
  const server = await startServer()
  expect((await sendBackend(server, 'POST', path, { url })).status).toBe(501)
  await server.deliverWebhooks()
})

const forbidden = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0.0.0.0',
  '10.1.2.3',
  '100.100.100.200',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:a9fe:a9fe]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::1]',
  '[2001:db8::1]',
  '[2001::1]',
  '[2002:7f00:1::]',
  '[fec0::1]',
]

test.each(forbidden)('no webhook goes to %s', async (host) => {
  const target = `https://${host}/`
  expect(() => assertTarget(target, new Set())).toThrow('public Internet')
  await expect(createGuardedFetch()(new Request(target, { method: 'POST', body: '{}' }))).rejects.toMatchObject({
    code: 'target_refused',
  })
})

test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '192.167.255.255', '100.128.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
  '%s is public',
  (address) => expect(isPublicAddress(address)).toBe(true),
)

test.each([
  ['http://app.example/', 'https://'],
  ['ftp://app.example/', 'https://'],
  ['https://user:password@app.example/', 'no user and no password'],
  ['https://app.example/#here', 'fragment'],
  ['no url', 'address'],
  [`https://app.example/${'x'.repeat(2_048)}`, 'address'],
])('the URL %.40s is refused', (target, why) => {
  expect(() => assertTarget(target, new Set())).toThrow(why)
})

test('a host that was named may be reached by http and wherever it is, on the port that was named', () => {
  for (const target of ['http://localhost:3000/', 'http://127.0.0.1:3000/', 'https://[::1]/']) {
    expect(() => assertTarget(target, new Set(['localhost', '127.0.0.1', '[::1]']))).not.toThrow()
  }
  expect(() => assertTarget('http://localhost:3000/', new Set(['localhost:3000']))).not.toThrow()
  expect(() => assertTarget('http://localhost:22/', new Set(['localhost:3000']))).toThrow('--webhook-allow-host')
})

/** Serves requests on a free port of this machine, and counts them. */
async function listen(answer: Parameters<typeof createHttpServer>[1]): Promise<{ port: number; server: HttpServer }> {
  const server = createHttpServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, server }
}

test('a name is looked at where it leads: one address that is not public is one too many, and nothing is sent', async () => {
  let requests = 0
  const { port } = await listen((_, response) => {
    requests++
    response.end()
  })
  for (const addresses of [
    [{ address: '127.0.0.1', family: 4 }],
    [
      { address: '8.8.8.8', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ],
    [{ address: '::ffff:127.0.0.1', family: 6 }],
    [],
  ]) {
    let asked = 0
    const resolve = async () => {
      asked++
      return addresses
    }
    const fetch = createGuardedFetch({ resolve })
    const sent = fetch(new Request(`https://rebound.example:${port}/`, { method: 'POST', body: '{}' }))
    await expect(sent).rejects.toMatchObject({ code: 'target_refused' })
    // By the connection itself, which therefore goes where was looked.
    expect(asked).toBe(1)
  }
  expect(requests).toBe(0)
})

test('a redirect is not followed, an endless answer not read, and an answer of no meaning is an error', async () => {
  let requests = 0
  const { port } = await listen((request, response) => {
    requests++
    if (request.url === '/redirect') response.writeHead(302, { location: '/elsewhere' }).end()
    else if (request.url === '/odd') response.socket?.end('HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n')
    else {
      const more = () => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more)
      }
      more()
    }
  })
  const fetch = createGuardedFetch({ allowedHosts: ['127.0.0.1'] })
  const post = (to: string) => fetch(new Request(`http://127.0.0.1:${port}${to}`, { method: 'POST', body: '{}' }))
  expect((await post('/redirect')).status).toBe(302)
  expect((await post('/endless')).status).toBe(200)
  await expect(post('/odd')).rejects.toThrow()
  expect(requests).toBe(3)
})
