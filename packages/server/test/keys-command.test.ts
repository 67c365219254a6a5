import { createPublicKey, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { runKeysCommand } from '../src/node/keys-command.ts'
import { call, newFolder, readKeys, start, startIn } from './command-line-setup.ts'

/** Runs the command in this process, which is another than the server's. */
async function run(...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  return runKeysCommand(args).then(
    (text) => ({ code: 0, text }),
    (error: unknown) => ({ code: 1, text: (error as Error).message }),
  )
}

/** What a server answers to a key. */
async function statusOf(keys: Record<string, string>, secretKey = ''): Promise<number> {
  const response = await fetch(`${keys['ACME_API_URL']}/v1/users/count`, {
    headers: { authorization: `Bearer ${secretKey}` },
  })
  return response.status
}

test('keys are added, listed and revoked beside a server that runs, which heeds it soon', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const where = ['--data', folder]
  const added = await run('add', 'billing', ...where)
  expect(added.code).toBe(0)
  const key = added.text.trim()
  expect(key).toMatch(/^sk_test_[0-9a-f]{64}$/)
  await expect.poll(() => statusOf(keys, key)).toBe(200)
  expect(await run('add', 'billing', ...where)).toMatchObject({ code: 1, text: expect.stringContaining('already') })
  const listed = await run('list', ...where)
  const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\dZ'
  const line = `[\\w-]{12}  ${time}  ${time}  all {16}billing`
  expect(listed.text).toMatch(new RegExp(`^id .*used last .*\\n[\\w-]{12} .*\\(no name\\)\\n${line}\\n$`))
  expect(listed.text).not.toContain(key)

  const first = listed.text.split('\n')[1]?.slice(0, 12) ?? ''
  const kept = await run('revoke', ...where, '--', first)
  expect(kept).toMatchObject({ code: 1, text: expect.stringContaining('key of keys.env') })
  expect((await run('revoke', 'billing', ...where)).code).toBe(0)
  await expect.poll(() => statusOf(keys, key)).toBe(401)
  expect(await statusOf(keys, keys['ACME_SECRET_KEY'])).toBe(200)
  expect((await run('revoke', 'billing', ...where)).text).toContain('there is no key billing')
  for (const file of await readdir(folder)) {
    expect(await readFile(join(folder, file), 'latin1')).not.toContain(key)
  }
})

test('a key of a scope does no more than that, until it is revoked', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const where = ['--data', folder]
  expect(await run('add', 'reports', '--scope', 'all', ...where)).toMatchObject({
    code: 1,
    text: expect.stringContaining('--scope takes read, write, write:public'),
  })
  const key = (await run('add', 'reports', '--scope', 'read', ...where)).text.trim()
  expect((await run('list', ...where)).text).toMatch(/ read +reports\n/)
  const write = async () => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const answer = await fetch(`${keys['ACME_API_URL']}/v1/users`, { method: 'POST', headers, body: '{}' })
    const { errors } = (await answer.json()) as { errors: { code: string; meta?: object }[] }
    return { status: answer.status, code: errors[0]?.code, meta: errors[0]?.meta }
  }
  await expect.poll(() => statusOf(keys, key)).toBe(200)
  expect(await write()).toEqual({ status: 403, code: 'insufficient_scope', meta: { scope: 'write' } })
  expect((await run('revoke', 'reports', ...where)).code).toBe(0)
  await expect.poll(() => statusOf(keys, key)).toBe(401)
  expect((await write()).status).toBe(401)
})

test('the key that signs tokens is rotated beside a server that runs', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const where = ['--data', folder]
  const kids = async () => {
    const answer = await fetch(`${keys['ACME_API_URL']}/.well-known/jwks.json`)
    return ((await answer.json()) as { keys: { kid: string; n: string }[] }).keys.map(({ kid }) => kid)
  }
  const [first = ''] = await kids()
  expect((await run('rotate-signing', '--lead', 'soon', ...where)).text).toContain('--lead takes a number and its unit')
  expect((await run('list', '--lead', '1s', ...where)).text).toContain('keys list takes no --lead')
  const rotated = await run('rotate-signing', ...where)
  expect(rotated.code).toBe(0)
  expect(rotated.text).toMatch(new RegExp(`^${first} {2}signs, published until .*\\n\\w+ {2}signs from `))
  const pem = rotated.text.slice(rotated.text.indexOf('-----BEGIN'))
  await expect.poll(kids).toHaveLength(2)
  const answer = await fetch(`${keys['ACME_API_URL']}/.well-known/jwks.json`)
  const [, second] = ((await answer.json()) as { keys: { n: string }[] }).keys
  expect(createPublicKey(pem).export({ format: 'jwk' })).toMatchObject({ n: second?.n })
  expect((await run('signing', ...where)).text).toBe(rotated.text.slice(0, rotated.text.indexOf('\n\n') + 1))

  const dropped = await run('rotate-signing', '--drop-old', ...where)
  expect(dropped.text).toMatch(/^\w+ {2}signs\n/)
  await expect.poll(kids).toEqual([dropped.text.split(' ')[0]])
  vi.stubEnv('ACME_SIGNING_KEY', 'set')
  onTestFinished(() => void vi.unstubAllEnvs())
  expect((await run('rotate-signing', ...where)).text).toContain('ACME_VERIFICATION_KEY')
})

test('a database whose secrets are sealed is opened by its key alone, as each start and command says', async () => {
  const folder = await newFolder()
  const [key, other] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]
  const first = startIn({ env: { ACME_SEALING_KEY: key } }, '--data', folder, '--port', '0', '--seal-private-metadata')
  await first.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const user = await call(keys, '/v1/users', { username: 'ada_lovelace', private_metadata: { note: 'canary' } })
  expect(user).toMatchObject({ private_metadata: { note: 'canary' } })
  for (const file of await readdir(folder)) {
    expect(await readFile(join(folder, file), 'latin1')).not.toMatch(/canary|"qi"/)
  }
  first.child.kill('SIGTERM')
  expect(await first.exit).toBe(0)

  vi.stubEnv('ACME_SEALING_KEY', '')
  onTestFinished(() => void vi.unstubAllEnvs())
  const starting = (env: Record<string, string>) => startIn({ env }, '--data', folder, '--port', '0')
  const [without, wrong, odd] = [
    starting({}),
    starting({ ACME_SEALING_KEY: other }),
    starting({ ACME_SEALING_KEY: key.slice(4) }),
  ]
  expect([await without.exit, await wrong.exit, await odd.exit]).toEqual([1, 1, 2])
  expect(without.output()).toContain('none was given: set ACME_SEALING_KEY')
  expect(wrong.output()).toContain('another key was given')
  expect(odd.output()).toContain('ACME_SEALING_KEY is no key: the base64 of 32 bytes')
  expect(odd.output()).not.toContain(key.slice(4))
  expect((await run('list', '--data', folder)).text).toContain('none was given')
  expect((await run('reseal', '--data', folder)).text).toContain('nothing to seal by')

  vi.stubEnv('ACME_SEALING_KEY', other)
  vi.stubEnv('ACME_SEALING_KEY_PREVIOUS', key)
  expect((await run('reseal', '--data', folder)).text).toContain('The file was written anew')
  vi.stubEnv('ACME_SEALING_KEY_PREVIOUS', '')
  expect((await run('list', '--data', folder)).code).toBe(0)
})
