import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const program = fileURLToPath(new URL('../src/node/cli.ts', import.meta.url))

interface Running {
  readonly child: ChildProcess
  output(): string
  /** Waits until the output holds something. */
  until(text: string): Promise<void>
  readonly exit: Promise<number | null>
}

function start(...options: string[]): Running {
  const child = spawn(process.execPath, ['--conditions=@acme/source', program, ...options], { stdio: 'pipe' })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += data))
  return {
    child,
    output: () => output,
    until: (text) => expect.poll(() => output, { timeout: 20_000 }).toContain(text),
    exit: new Promise((resolve) => child.once('exit', resolve)),
  }
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'acme-command-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'data')
}

async function readKeys(folder: string): Promise<Record<string, string>> {
  const text = await readFile(join(folder, 'keys.env'), 'utf8')
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

async function call(keys: Record<string, string>, path: string, body?: object) {
  const response = await fetch(`${keys['ACME_API_URL']}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${keys['ACME_SECRET_KEY']}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return response.json()
}

test('the first start makes keys that only their owner reads; a later one finds them, and the data', async () => {
  const folder = await newFolder()
  const first = start('--data', folder, '--port', '0')
  await first.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  expect(first.output()).toContain(keys['ACME_SECRET_KEY'])
  expect((await stat(join(folder, 'keys.env'))).mode & 0o777).toBe(0o600)
  const user = await call(keys, '/v1/users', { username: 'ada_lovelace', private_metadata: { canary: 1 } })
  await call(keys, '/v1/users?query=canary-query')
  first.child.kill('SIGTERM')
  expect(await first.exit).toBe(0)
  expect(first.output()).toMatch(/POST \/v1\/users 200 \d+ ms/)
  expect(first.output()).not.toMatch(/canary|ada_lovelace/)

  const second = start('--data', folder, '--port', '0')
  await second.until('Ctrl-C stops')
  const again = await readKeys(folder)
  expect(again['ACME_SECRET_KEY']).toBe(keys['ACME_SECRET_KEY'])
  expect(second.output()).not.toContain(keys['ACME_SECRET_KEY'])
  expect(await call(again, `/v1/users/${user.id}`)).toEqual(user)
  // The database knows the digest of the key alone.
  for (const file of await readdir(folder)) {
    if (file !== 'keys.env') expect(await readFile(join(folder, file), 'latin1')).not.toContain(keys['ACME_SECRET_KEY'])
  }
  second.child.kill('SIGTERM')
  expect(await second.exit).toBe(0)
})

test('writes that were under way when it was stopped are finished and kept', async () => {
  const folder = await newFolder()
  const first = start('--data', folder, '--port', '0')
  await first.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const writes = Array.from({ length: 20 }, (_, index) => call(keys, '/v1/users', { username: `user_${index}` }))
  await writes[0]
  first.child.kill('SIGTERM')
  const kept = (await Promise.allSettled(writes)).filter(({ status }) => status === 'fulfilled').length
  expect(await first.exit).toBe(0)
  const second = start('--data', folder, '--port', '0')
  await second.until('Ctrl-C stops')
  const { total_count } = await call(await readKeys(folder), '/v1/users/count')
  expect(total_count).toBeGreaterThanOrEqual(kept)
})

test('no acknowledged write is lost when the process is killed', async () => {
  const folder = await newFolder()
  for (let round = 0, acknowledged = 0; round < 4; round++) {
    const server = start('--data', folder, '--port', '0')
    await server.until('Ctrl-C stops')
    const keys = await readKeys(folder)
    const { total_count } = await call(keys, '/v1/users/count')
    expect(total_count).toBeGreaterThanOrEqual(acknowledged)
    acknowledged = total_count
    const storm = Array.from({ length: 60 }, (_, index) =>
      call(keys, '/v1/users', { username: `user_${round}_${index}` }).then(
        ({ id }) => void (id && acknowledged++),
        () => {},
      ),
    )
    await storm[5]
    server.child.kill('SIGKILL')
    await Promise.all(storm)
  }
})

test('what it does not understand is said, with the help, and nothing is started', async () => {
  for (const options of [
    ['--prot', '1'],
    ['--port', 'x'],
    ['--database', 'postgres://x'],
  ]) {
    const process = start(...options)
    expect(await process.exit).toBe(2)
    expect(process.output()).toContain('--port <number>')
  }
  const help = start('--help')
  expect(await help.exit).toBe(0)
  expect(help.output()).toContain('--data <directory>')
})
