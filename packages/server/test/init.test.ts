import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { program } from './command-line-setup.ts'

// What the templates make is tried by the gates; here, what is never written.
const folder = mkdtempSync(join(tmpdir(), 'acme-init-'))
afterAll(() => rmSync(folder, { recursive: true }))

const init = (...args: string[]) => {
  const command = ['--conditions=@acme/source', program, 'init', ...args]
  return spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' })
}

test('a folder that holds something is left as it is', () => {
  mkdirSync(join(folder, 'mine'))
  writeFileSync(join(folder, 'mine/notes.txt'), 'mine')
  const { status, stderr } = init('mine')
  expect([status, stderr]).toEqual([1, expect.stringContaining('is not empty')])
  expect(readdirSync(join(folder, 'mine'))).toEqual(['notes.txt'])
})

test('so is a file in its place, and nothing is made by a wrong command line', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(init('file').status).toBe(1)
  expect(init('app', '--template', '../..').stderr).toContain('--template is vite or next')
  expect(init('one', 'two').status).toBe(1)
  expect(init('app', '--force').status).toBe(1)
  expect(['app', 'one', 'two'].filter((name) => existsSync(join(folder, name)))).toEqual([])
})

test('it says what it does', () => {
  const help = execFileSync(process.execPath, ['--conditions=@acme/source', program, 'init', '--help'], {
    encoding: 'utf8',
  })
  expect(help).toContain('--template')
})
