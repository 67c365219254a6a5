import { readFileSync } from 'node:fs'
import { operations } from '@acme/schema/wire'
import { expect, test } from 'vitest'
import { notThere } from '../src/http/not-there.ts'
import { newBrowser, startServer } from './setup.ts'

// Every operation of Clerk's descriptions of both APIs of 2026-05-12, without what they say of it.
const clerks = readFileSync(new URL('clerk-operations.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
const ours: ReadonlySet<string> = new Set(
  operations.map(({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{id}')}`),
)

/** What is another name of an operation that is described. */
const aliases = ['POST /v1/client', 'DELETE /v1/client']

test('every operation of Clerk’s is there, or is said not to be', () => {
  const unknown = clerks.filter((operation) => {
    const [, path = ''] = operation.split(' ')
    return !ours.has(operation) && !aliases.includes(operation) && notThere(path) === undefined
  })
  expect(unknown).toEqual([])
})

test('none of what is there is said not to be', () => {
  expect(operations.filter(({ path }) => notThere(path) !== undefined)).toEqual([])
})

test.each(aliases)('%s is answered', async (operation) => {
  const [method = '', path = ''] = operation.split(' ')
  expect((await newBrowser(await startServer()).send(method, path)).status).toBe(200)
})
