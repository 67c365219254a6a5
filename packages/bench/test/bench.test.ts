import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('../src/bench.ts', import.meta.url))

test('every part of the bench runs to its end and fills its rows, whatever the figures', {
  timeout: 240_000,
}, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@acme/source', program, '--quick'])
  const rows = stdout.trim().split('\n')
  for (const what of [
    'GET one user',
    'goodput',
    'each change kept',
    'a webhook endpoint that hangs',
    'after the sweep',
    'query: nobody',
    'slowest list',
    '2 server processes',
  ])
    expect(rows.filter((row) => row.includes(what))).not.toEqual([])
  expect(stdout).not.toContain('NaN')
})
