import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, newFolder, readKeys, start } from './command-line-setup.ts'

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

test('a second start on a directory names the first, and leaves its file alone', async () => {
  const folder = await newFolder()
  const first = start('--data', folder, '--port', '0')
  await first.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const second = start('--data', folder, '--port', '0')
  expect(await second.exit).toBe(1)
  expect(second.output()).toContain(`another server runs on ${folder}, at ${keys['ACME_API_URL']}`)
  expect(await readKeys(folder)).toEqual(keys)
  // However the first one ends, the directory is free again.
  first.child.kill('SIGKILL')
  await first.exit
  const third = start('--data', folder, '--port', '0')
  await third.until('Ctrl-C stops')
  expect(await call(await readKeys(folder), '/v1/users/count')).toMatchObject({ total_count: 0 })
})

test('a key that its database does not know is never said to be good', async () => {
  const folder = await newFolder()
  const run = async () => {
    const server = start('--data', folder, '--port', '0')
    const status = await Promise.race([server.until('Ctrl-C stops').then(() => 'listens'), server.exit])
    return { server, status, stop: () => server.child.kill('SIGTERM') && server.exit }
  }
  const first = await run()
  const { ACME_SECRET_KEY: secretKey } = await readKeys(folder)
  await first.stop()
  // Deleted: the new database takes over the key that its owner has.
  for (const file of ['acme.db', 'acme.db-wal', 'acme.db-shm']) await rm(join(folder, file), { force: true })
  const second = await run()
  const keys = await readKeys(folder)
  expect(keys['ACME_SECRET_KEY']).toBe(secretKey)
  expect(await call(keys, '/v1/users/count')).toMatchObject({ total_count: 0 })
  await second.stop()
  // Restored from elsewhere: it has keys, and this is none of them.
  const kept = await readFile(join(folder, 'keys.env'), 'utf8')
  const elsewhere = kept.replace(`${secretKey}`, 'sk_test_of_another_database')
  await writeFile(join(folder, 'keys.env'), elsewhere)
  const third = await run()
  expect(third.status).toBe(1)
  expect(third.server.output()).toContain('does not know the secret key')
  expect(third.server.output()).toContain('delete it to have a new key made')
  expect(third.server.output()).not.toContain('sk_test_of_another')
  expect(await readFile(join(folder, 'keys.env'), 'utf8')).toBe(elsewhere)
  // What it says to do does it.
  await rm(join(folder, 'keys.env'))
  const fourth = await run()
  expect(await call(await readKeys(folder), '/v1/users/count')).toMatchObject({ total_count: 0 })
  await fourth.stop()
})

test('a test instance listens beyond this machine only where that is meant', async () => {
  const folder = await newFolder()
  for (const hostname of ['0.0.0.0', '::', '192.0.2.1']) {
    const refused = start('--data', folder, '--port', '0', '--hostname', hostname)
    expect(await refused.exit).toBe(1)
    expect(refused.output()).toContain('424242')
    expect(refused.output()).toContain('--expose-test-instance')
  }
  const meant = start('--data', folder, '--port', '0', '--hostname', '0.0.0.0', '--expose-test-instance')
  await meant.until('Ctrl-C stops')
})

test('a stop does not wait for connections that are kept busy', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  let isOver = false
  const busy = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      await new Promise<void>((resolve) => {
        const request = get(`${keys['ACME_API_URL']}/v1/environment`, { agent }, (response) => {
          response.resume().on('end', resolve)
        })
        request.on('error', () => {
          isOver = true
          resolve()
        })
      })
    }
  })
  await server.until('GET /v1/environment 200')
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
  isOver = true
  await Promise.all(busy)
  agent.destroy()
})

test('the lines for an app on Clerk’s SDKs name the running server and its keys', async () => {
  const folder = await newFolder()
  const none = start('--clerk-env', '--data', folder)
  expect(await none.exit).toBe(1)
  expect(none.output()).toContain('start the server once')

  const server = start('--data', folder, '--port', '0')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const shown = start('--clerk-env', '--data', folder)
  expect(await shown.exit).toBe(0)
  const lines = new Map(
    shown
      .output()
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
  expect(lines.get('NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY')).toBe(keys['ACME_PUBLISHABLE_KEY'])
  expect(lines.get('CLERK_SECRET_KEY')).toBe(keys['ACME_SECRET_KEY'])
  expect(lines.get('CLERK_API_URL')).toBe(keys['ACME_API_URL'])
  expect(lines.get('VITE_CLERK_PROXY_URL')).toBe(keys['ACME_API_URL']?.replace('127.0.0.1', 'localhost'))
  const local = lines.get('VITE_CLERK_PROXY_URL')
  expect(lines.get('NEXT_PUBLIC_CLERK_JS_URL')).toBe(`${local}/npm/@clerk/clerk-js@6/dist/clerk.browser.js`)
  expect(lines.get('NEXT_PUBLIC_CLERK_UI_URL')).toBe(`${local}/npm/@clerk/ui@1/dist/ui.browser.js`)
  expect(lines.get('CLERK_SIGN_IN_URL')).toBe(`${local}/sign-in`)
  expect(JSON.parse(`${lines.get('CLERK_JWT_KEY')}`)).toMatch(/^-----BEGIN PUBLIC KEY-----\n/)
  server.child.kill('SIGTERM')
  await server.exit
  const late = start('--clerk-env', '--data', folder)
  expect(await late.exit).toBe(1)
  expect(late.output()).toContain('does not answer')
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

test('what it does not understand is said, with the help, and nothing is started', async () => {
  for (const options of [
    ['--prot', '1'],
    ['--port', 'x'],
    ['--database', 'mysql://x'],
  ]) {
    const process = start(...options)
    expect(await process.exit).toBe(2)
    expect(process.output()).toContain('--port <number>')
  }
  const help = start('--help')
  expect(await help.exit).toBe(0)
  expect(help.output()).toContain('--data <directory>')
})

test('schema pushes, checks, lists and rolls back what a running server enforces', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const schema = async (...options: string[]) => {
    const run = start('schema', ...options, '--data', folder)
    const status = await run.exit
    return { status, output: run.output() }
  }
  const write = async (name: string, plans: string) => {
    const file = join(folder, name)
    // TypeScript, which Node reads as it is.
    const plan = `{ enum: [${plans}] as string[] }`
    await writeFile(file, `export const metadata = { schemas: { public: { properties: { plan: ${plan} } } } }\n`)
    return file
  }
  const loose = await write('loose.ts', "'free', 'gold'")
  const strict = await write('strict.ts', "'free'")
  expect(await schema('list')).toEqual({ status: 0, output: 'No schema was pushed.\n' })
  expect(await schema('push', loose)).toEqual({ status: 0, output: 'Version 1 is enforced.\n' })
  const { id } = (await call(keys, '/v1/users', { username: 'ada', public_metadata: { plan: 'gold' } })) as {
    id: string
  }
  const checked = await schema('check', strict)
  expect(checked.output).toContain('1 of 1 stored users break the schemas.')
  expect(checked.output).toMatch(new RegExp(`1  public_metadata.plan .*: ${id}$`, 'm'))
  expect(await schema('push', strict)).toMatchObject({ status: 1, output: expect.stringContaining(id) })
  expect(await schema('push', strict, '--force')).toMatchObject({ output: 'Version 2 is enforced.\n' })
  expect(await schema('rollback', '1')).toMatchObject({ output: 'Version 1 is enforced.\n' })
  expect((await schema('list')).output).toMatch(/^1 .* enforced\n2 .*Z\n$/)
  expect(await schema('push', join(folder, 'none.ts'))).toMatchObject({ status: 1 })
  expect(await schema('burn')).toMatchObject({ status: 1 })
})
