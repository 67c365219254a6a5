import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Access, kinds, visibility } from '@acme/schema'
import { expect, test } from 'vitest'
import { root } from '../src/repository.ts'

const words: Record<Access, string> = { none: 'nothing', read: 'read', write: 'read and write' }

test('the matrix of the README is the one the code works by', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const rows = kinds.map(
    (kind) => `| ${kind} | ${words[visibility[kind].frontend]} | ${words[visibility[kind].backend]} |`,
  )
  expect(readme).toContain(rows.join('\n'))
})

test.each(['README.md', 'CONTRIBUTING.md'])('every path that %s names exists', (file) => {
  const text = readFileSync(join(root, file), 'utf8')
  const paths = [...text.matchAll(/`((?:packages|examples)\/[\w./-]+)`/g)].map(([, path = '']) => path)
  expect(paths.length).toBeGreaterThan(5)
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
