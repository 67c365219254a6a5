import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { runUsersCommand } from '../src/node/users/users-command.ts'
import { call, newFolder, program, readKeys, start } from './command-line-setup.ts'

/** Runs the command in this process, which takes a tenth of the time. */
async function run(...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  return runUsersCommand(args).then(
    (text) => ({ code: 0, text }),
    (error: Error) => ({ code: 1, text: error.message }),
  )
}

/** A server with one user, and where its database is. */
async function startWithUser(fields: object = {}) {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const user = await call(keys, '/v1/users', {
    email_address: ['ada@example.com'],
    username: 'ada',
    public_metadata: { plan: 'free', seats: 1 },
    private_metadata: { note: 'for staff alone' },
    ...fields,
  })
  return { keys, user, where: ['--data', folder] }
}

test('a user is shown by id, address or username, and private metadata only where it is asked for', async () => {
  const { user, where } = await startWithUser()
  for (const who of [user.id, 'ADA@example.com', 'ada']) {
    const { code, text } = await run('get', who, ...where)
    expect([code, JSON.parse(text)]).toMatchObject([0, { id: user.id, public_metadata: { plan: 'free' } }])
    expect(text).not.toMatch(/private_metadata|staff/)
  }
  const whole = await run('get', 'ada', '--include-private', ...where)
  expect(JSON.parse(whole.text)).toMatchObject({ private_metadata: { note: 'for staff alone' } })
  expect(await run('get', 'bea', ...where)).toMatchObject({ code: 1, text: expect.stringContaining('no such user') })
})

test('metadata is merged by the rules of the API, beside a server that runs, and the history says that the server did it', async () => {
  const { keys, user, where } = await startWithUser()
  const set = await run('set', 'ada', '--public', '{"seats":null,"plan":"pro"}', ...where)
  expect([set.code, set.text]).toEqual([0, `set: ${user.id} is at version 2\n`])
  expect(await call(keys, `/v1/users/${user.id}`)).toMatchObject({
    public_metadata: { plan: 'pro' },
    private_metadata: { note: 'for staff alone' },
  })
  const [latest] = await call(keys, `/v1/users/${user.id}/changes`)
  expect(latest).toMatchObject({ version: 2, side: 'server', key_id: null, fields: ['public_metadata'] })

  const refused = await run('set', 'ada', '--public', JSON.stringify({ text: 'canary'.repeat(2_000) }), ...where)
  expect(refused).toMatchObject({ code: 1, text: expect.stringContaining('8192 bytes') })
  for (const text of ['{"a":canary}', '["canary"]', '{"a":"canary","a":1}']) {
    const wrong = await run('set', 'ada', '--unsafe', text, ...where)
    expect([text, wrong.code]).toEqual([text, 1])
    expect(wrong.text).not.toContain('canary')
  }
  expect(await run('set', 'ada', ...where)).toMatchObject({
    code: 1,
    text: expect.stringContaining('--private <json>'),
  })
})

test('what is private comes by standard input, where no other user of the machine reads it', async () => {
  const { keys, user, where } = await startWithUser()
  const options = ['--conditions=@acme/source', program, 'users', 'set', user.id, '--private', '-', ...where]
  const child = spawn(process.execPath, options)
  child.stdin.end('{"note":"read from a pipe"}')
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  expect(await call(keys, `/v1/users/${user.id}`)).toMatchObject({ private_metadata: { note: 'read from a pipe' } })
})

test('a user is banned, let in again, and deleted by id alone', async () => {
  const { keys, user, where } = await startWithUser()
  expect((await run('ban', 'ada', ...where)).code).toBe(0)
  expect(await call(keys, `/v1/users/${user.id}`)).toMatchObject({ banned: true })
  expect((await run('unban', 'ada', ...where)).code).toBe(0)
  expect(await call(keys, `/v1/users/${user.id}`)).toMatchObject({ banned: false })
  expect(await run('delete', 'ada', ...where)).toMatchObject({ code: 1, text: expect.stringContaining('takes the id') })
  expect((await run('delete', user.id, ...where)).code).toBe(0)
  expect(await call(keys, '/v1/users/count')).toMatchObject({ total_count: 0 })
})

test('what a user leaves is exported for their eyes and the owner of the file alone, and nothing of it outlives erasure', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0', '--log', 'json')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const fields = {
    email_address: ['canary01@example.com'],
    username: 'canary02',
    external_id: 'canary03',
    first_name: 'canary04',
    last_name: 'canary05',
    public_metadata: { canary06: 'canary07' },
    private_metadata: { canary08: 'canary09' },
    unsafe_metadata: { canary10: 'canary11' },
  }
  const { id } = await call(keys, '/v1/users', fields)
  await run('set', 'canary02', '--public', '{"canary06":"canary12"}', '--data', folder)
  const file = join(dirname(folder), 'export.json')
  const out = openSync(file, 'w', 0o644)
  const options = ['--conditions=@acme/source', program, 'users', 'export', 'canary01@example.com', '--data', folder]
  const child = spawn(process.execPath, options, { stdio: ['ignore', out, 'inherit'] })
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const exported = await readFile(file, 'utf8')
  for (let number = 1; number <= 12; number++) expect(exported).toContain(`canary${String(number).padStart(2, '0')}`)
  await rm(file)

  const erased = await run('erase', id, '--data', folder)
  expect([erased.code, JSON.parse(erased.text)]).toMatchObject([0, { removed: { users: 1, history: 2 }, remains: [] }])
  const moved = start('export', '--data', folder)
  expect(await moved.exit).toBe(0)
  const files = (await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1'))
  const left = [erased.text, moved.output(), server.output(), ...(await Promise.all(files))].join('\n')
  expect(left).not.toMatch(/canary/i)
  // What a log tells of requests has their path, and so the ids of users who were asked for by id: of this one nobody did.
  expect(left).not.toContain(id)
})
