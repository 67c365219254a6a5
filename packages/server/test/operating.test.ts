import { Agent, request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { call, newFolder, readKeys, start } from './command-line-setup.ts'

test('with --log json standard output is one line of JSON a request, without a value, by the trace of its caller', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0', '--log', 'json')
  let stdout = ''
  server.child.stdout?.on('data', (data) => (stdout += data))
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const ask = (traceparent: string) =>
    fetch(`${keys['ACME_API_URL']}/v1/users?query=canary`, {
      headers: { traceparent, authorization: `Bearer ${keys['ACME_SECRET_KEY']}` },
    })
  await ask(`00-${traceId}-00f067aa0ba902b7-01`)
  await ask(`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`)
  await call(keys, '/v1/users', { username: 'canary_name', private_metadata: { secret: 'canary' } })
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
  // The first is the server's own, which asks whether its key opens the door.
  const [, ...lines] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
    'GET /v1/users 200',
    'GET /v1/users 200',
    'POST /v1/users 200',
  ])
  expect(lines[0].traceId).toBe(traceId)
  expect(lines[1].traceId).toMatch(/[1-9a-f]/)
  expect(stdout).not.toMatch(/canary/)
})

test('a process says that it lives, and that its storage answers', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0')
  await server.until('Ctrl-C stops')
  const { ACME_API_URL: url } = await readKeys(folder)
  for (const path of ['live', 'ready']) {
    const response = await fetch(`${url}/health/${path}`)
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
    // What only ends alike is somebody else's to answer, and asks for a key.
    for (const other of [`/v1/users?query=/health/${path}`, `/v1/users/health/${path}`]) {
      expect([other, (await fetch(`${url}${other}`)).status]).toEqual([other, 401])
    }
  }
})

test('a stop under 500 writes in flight resets no connection and loses nothing that was acknowledged', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0', '--metrics', '0')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 250 })
  onTestFinished(() => agent.destroy())
  const write = (username: string) =>
    new Promise<string>((resolve) => {
      const headers = { authorization: `Bearer ${keys['ACME_SECRET_KEY']}`, 'content-type': 'application/json' }
      const asked = request(`${keys['ACME_API_URL']}/v1/users`, { method: 'POST', agent, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode === 200 ? username : `${response.statusCode}`))
      })
      asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'failed'))
      asked.end(JSON.stringify({ username }))
    })
  // Half of the connections are kept alive, the others new.
  const names = Array.from({ length: 500 }, (_, index) => `user_${index}`)
  const since = performance.now()
  const before = await Promise.all(names.map((name) => write(`before_${name}`)))
  // Where the machine is busy, some of a crowd are told to come back.
  const written = before.filter((result) => result.startsWith('before_')).length
  // A stop is over within ten seconds: no more than this machine, as busy as it is, writes in one and a half.
  const some = names.slice(0, Math.ceil((500 * 1_500) / Math.max(1_500, performance.now() - since)))
  const writes = some.map(write)
  await server.until('POST /v1/users 200')
  await Promise.race(writes)
  server.child.kill('SIGTERM')
  const [results, code] = await Promise.all([Promise.all(writes), server.exit])
  expect(code).toBe(0)
  const acknowledged = results.filter((result) => result.startsWith('user_')).length
  const lost = results.filter((result) => !result.startsWith('user_') && result !== '503')
  expect([lost.length, lost.slice(0, 3)]).toEqual([0, []])
  expect(acknowledged).toBeGreaterThan(0)

  const again = start('--data', folder, '--port', '0')
  await again.until('Ctrl-C stops')
  expect(await call(await readKeys(folder), '/v1/users/count')).toMatchObject({ total_count: written + acknowledged })
})

test('one that is to stop says that it is not ready, still lives, and serves for as long as it drains', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0', '--drain', '5')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const statusOf = async (path: string) => (await fetch(`${keys['ACME_API_URL']}/health/${path}`)).status
  expect([await statusOf('ready'), await statusOf('live')]).toEqual([200, 200])
  server.child.kill('SIGTERM')
  await expect.poll(() => statusOf('ready')).toBe(503)
  expect(await statusOf('live')).toBe(200)
  expect(await call(keys, '/v1/users', { username: 'late' })).toMatchObject({ username: 'late' })
  expect(await server.exit).toBe(0)
})
