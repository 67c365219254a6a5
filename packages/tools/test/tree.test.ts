import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../src/repository.ts'

// Guards the tree itself against what no compiler sees: half a merge, and what is of one machine alone.
const listed = spawnSync('git', ['ls-files', '--stage', '-z'], { cwd: root, encoding: 'utf8' })
// A copy is no clone, and a machine that only runs the project may have no git.
const isClone = listed.status === 0
const entries = (isClone ? listed.stdout : '')
  .split('\0')
  .filter(Boolean)
  .map((line) => ({ mode: line.slice(0, 6), path: line.slice(line.indexOf('\t') + 1) }))
const texts = entries
  .map(({ path }) => path)
  .filter((path) => existsSync(join(root, path)))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

const forbidden: Readonly<Record<string, RegExp>> = {
  'half a merge': /^(?:<{7}|>{7}|\|{7})(?: |$)/m,
  'a path of one machine': /(?<![\w.~-])\/(?:root|work|home\/\w+|Users\/\w+)\//,
  // Where packages come from is said by whoever installs them.
  'the host of a registry': /https?:\/\/[\w.-]*(?:registry|npmjs|verdaccio|artifactory|nexus)[\w.-]*\/[\w@.-]+.*\.tgz/,
}

test.runIf(isClone).each(Object.entries(forbidden))('no file holds %s', (_, pattern) => {
  expect(texts.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([])
})

test.runIf(isClone)('every file is a file: a link leads somewhere else on another machine', () => {
  expect(entries.filter(({ mode }) => mode !== '100644' && mode !== '100755')).toEqual([])
})

test.each([
  ['half a merge', '<'.repeat(7), ' main\n'],
  ['a path of one machine', ' /root', '/project'],
  ['the host of a registry', 'https://registry.', 'npmjs.org/zod/-/zod-4.0.0.tgz'],
])('%s is found', (what, ...parts) => {
  expect(forbidden[what]?.test(parts.join(''))).toBe(true)
})
