import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isAcmeError } from '@acme/schema'
import { expect, test } from 'vitest'
import type { Call } from '../src/call.ts'
import { defaultTimeout, defaultTotalTimeout } from '../src/default-timeouts.ts'
import { createHttp } from '../src/http.ts'
import { replyLimit } from '../src/read-text.ts'
import { retryQuota } from '../src/sender.ts'
import { errorBody, json, startScript } from './setup.ts'

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
const [table = ''] = /\| what happened \|.*\n(?:\|.*\n)+/.exec(readme) ?? []
const rows = table
  .trim()
  .split('\n')
  .slice(2)
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

/** The calls that the columns are about. */
const columns: readonly Call[] = [
  { method: 'GET', path: 'users', isRead: true },
  { method: 'PATCH', path: 'users', isRead: false, isRepeatable: true, body: '{}' },
  { method: 'PATCH', path: 'users', isRead: false, body: '{}' },
]

const causes: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  'connection reset': (request) => request.socket.destroy(),
  'time-out of an attempt': () => {},
  'a reply that is no JSON': (_, response) => void response.end('<h1>'),
}

test('the table of the README has a row for everything that can happen', () => {
  const statuses = rows.map(([what]) => what).filter((what) => /^\d+$/.test(`${what}`))
  expect(statuses).toEqual(['408', '409', '429', '500', '502', '503', '400', '404', '412', '422'])
  expect(rows.length).toBe(statuses.length + 1 + Object.keys(causes).length)
})

const cells = rows.flatMap(([what = '', ...promises]) =>
  promises.map((promise, column) => ({ what, promise, column, call: columns[column] as Call })),
)

test.each(cells)('after $what, column $column: $promise', async ({ what, promise, call }) => {
  const cause = causes[what] ?? json(Number(what) || 500, errorBody('some_code'))
  const { url, server } = await startScript(cause)
  if (what === 'connection refused') await new Promise((resolve) => server.close(resolve))
  // Short only where it is to run out, however busy the machine is.
  const timeout = what === 'time-out of an attempt' ? 50 : 30_000
  const error = await createHttp({ baseUrl: url, timeout })
    .send(call)
    .catch((error: unknown) => error)
  if (!isAcmeError(error)) throw new Error('it did not fail by an error of ours')
  const [, outcome] = /^error, `(\w+)`$/.exec(promise) ?? []
  expect(outcome ? { attempts: error.attempts, outcome: error.outcome } : { attempts: error.attempts }).toEqual(
    outcome ? { attempts: 1, outcome } : { attempts: 3 },
  )
  if (!outcome) expect(promise).toBe('again')
})

test('the figures of the README are the ones the code works by', () => {
  const text = readme.replace(/\s+/g, ' ')
  expect(text).toContain('At most 2 retries')
  expect(text).toContain(`${defaultTimeout.toLocaleString('en')} ms for an attempt`)
  expect(text).toContain(`${defaultTotalTimeout.toLocaleString('en')} ms for the whole call`)
  expect(text).toContain(`a client has ${retryQuota} retries to spend, and earns one back by 10 successes`)
  expect(text).toContain(`A reply has at most ${replyLimit / 2 ** 20} MiB.`)
})
