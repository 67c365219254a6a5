import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newFolder, readKeys, start } from './command-line-setup.ts'

async function run(...args: string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const command = start('keys', ...args)
  return { code: await command.exit, text: command.output() }
}

/** What a server answers to a key. */
async function statusOf(keys: Record<string, string>, secretKey = ''): Promise<number> {
  const response = await fetch(`${keys['ACME_API_URL']}/v1/users/count`, {
    headers: { authorization: `Bearer ${secretKey}` },
  })
  return response.status
}

test('keys are added, listed and revoked beside a server that runs, which heeds it within a second', async () => {
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0')
  await server.until('Ctrl-C stops')
  const keys = await readKeys(folder)
  const where = ['--data', folder]
  const added = await run('add', 'billing', ...where)
  expect(added.code).toBe(0)
  const key = added.text.trim()
  expect(key).toMatch(/^sk_test_[0-9a-f]{64}$/)
  await expect.poll(() => statusOf(keys, key), { timeout: 1_000 }).toBe(200)
  expect(await run('add', 'billing', ...where)).toMatchObject({ code: 1, text: expect.stringContaining('already') })
  const listed = await run('list', ...where)
  expect(listed.text).toMatch(/^[\w-]{12} .*\(no name\)\n[\w-]{12} {2}\d{4}-\d\d-\d\dT\d\d:\d\d {2}billing\n$/)
  expect(listed.text).not.toContain(key)

  const [first = ''] = listed.text.split(' ')
  const kept = await run('revoke', ...where, '--', first)
  expect(kept).toMatchObject({ code: 1, text: expect.stringContaining('key of keys.env') })
  expect((await run('revoke', 'billing', ...where)).code).toBe(0)
  await expect.poll(() => statusOf(keys, key), { timeout: 1_000 }).toBe(401)
  expect(await statusOf(keys, keys['ACME_SECRET_KEY'])).toBe(200)
  expect((await run('revoke', 'billing', ...where)).text).toContain('there is no key billing')
  for (const file of await readdir(folder)) {
    expect(await readFile(join(folder, file), 'latin1')).not.toContain(key)
  }
})
