import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'

const program = fileURLToPath(new URL('../src/bench.ts', import.meta.url))

/** A row of each part. All of them take as long as a tenth of everything else: a part of a run has the first alone. */
const rowOf: Readonly<Record<string, readonly string[]>> = {
  'one-user': ['GET one user'],
  overload: ['goodput'],
  feed: ['each change kept'],
  webhooks: ['a webhook endpoint that hangs'],
  'keys-left': ['after the sweep'],
  'many-users': ['query: nobody', 'slowest list'],
  postgres: ['2 server processes'],
}

const tried = inject('scale') === 1 ? [] : ['one-user']

test('every part of the bench runs to its end and fills its rows, whatever the figures', {
  timeout: 240_000,
}, async () => {
  const options = ['--conditions=@acme/source', program, '--quick', ...tried]
  const { stdout } = await promisify(execFile)(process.execPath, options)
  const rows = stdout.trim().split('\n')
  const shown = Object.entries(rowOf).flatMap(([part, names]) =>
    tried.length === 0 || tried.includes(part) ? names : [],
  )
  for (const what of shown) expect(rows.filter((row) => row.includes(what))).not.toEqual([])
  expect(stdout).not.toContain('NaN')
})
