import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Access, kinds, visibility } from '@acme/schema'
import { openApi } from '@acme/schema/wire'
import { expect, test } from 'vitest'
import { backendNotThere, frontendNotThere, type NotThere } from '../../server/src/http/not-there.ts'
import { serverVersion } from '../../server/src/http/version.ts'
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

test('the map of CONTRIBUTING.md has every room of the house', () => {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const rooms = globSync('{packages,examples}/*/package.json', { cwd: root }).map((path) => dirname(path))
  expect(rooms.filter((room) => !text.includes(`\`${room}\``))).toEqual([])
})

test('the description of the wire that is kept is the one the server gives', async () => {
  const text = `${JSON.stringify(openApi(serverVersion), null, 2)}\n`
  await expect(text).toMatchFileSnapshot(join(root, 'packages/server/openapi.json'))
})

test('the page about Clerk’s SDKs lists what is not there, and every call of it', async () => {
  const page = readFileSync(join(root, 'packages/server/docs/clerk.md'), 'utf8')
  const table = (title: string, parts: readonly NotThere[]) =>
    [
      `| ${title} | |`,
      '| --- | --- |',
      ...parts.map(({ what, paths }) => `| ${what} | \`${paths.join('`, `')}\` |`),
    ].join('\n')
  const tables = `${table('Backend API', backendNotThere)}\n\n${table('Frontend API', frontendNotThere)}\n`
  const [head = ''] = page.split('<!-- not there -->')
  await expect(`${head}<!-- not there -->\n\n${tables}`).toMatchFileSnapshot(
    join(root, 'packages/server/docs/clerk.md'),
  )
})
