import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { call, newFolder, program, readKeys, start } from './command-line-setup.ts'

async function run(...args: string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const command = start('users', ...args)
  command.child.stdin?.end()
  return { code: await command.exit, text: command.output() }
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
  const { data } = await call(keys, `/v1/users/${user.id}/changes`)
  expect(data[0]).toMatchObject({ version: 2, side: 'server', key_id: null, fields: ['public_metadata'] })

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
