import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fetchedChromium, findChromium, type Machine } from '../src/find-chromium.ts'

const machine = (platform: NodeJS.Platform, there: readonly string[], env: Machine['env'] = {}): Machine => ({
  platform,
  env,
  exists: (path) => there.includes(path),
})
const chrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
const edge = 'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe'

test.each<[string, Machine, string | undefined]>([
  ['Debian’s', machine('linux', ['/usr/bin/chromium', '/usr/bin/google-chrome']), '/usr/bin/chromium'],
  ['Chrome', machine('linux', ['/usr/bin/google-chrome']), '/usr/bin/google-chrome'],
  ['one on the PATH', machine('linux', ['/opt/c/chromium'], { PATH: '/bin:/opt/c' }), '/opt/c/chromium'],
  ['that of a Mac', machine('darwin', [chrome]), chrome],
  ['that of Windows', machine('win32', [edge], { ProgramFiles: 'C:\\Program Files' }), edge],
  ['the one that was fetched', machine('linux', [fetchedChromium]), fetchedChromium],
  [
    'the one that is named',
    machine('linux', ['/my/own', '/usr/bin/chromium'], { CHROMIUM_PATH: '/my/own' }),
    '/my/own',
  ],
  [
    'no other than the one that is named',
    machine('linux', ['/usr/bin/chromium'], { CHROMIUM_PATH: '/my/own' }),
    undefined,
  ],
  ['none where there is none', machine('linux', []), undefined],
])('a browser is found: %s', (_, where, expected) => {
  expect(findChromium(where)).toBe(expected)
})

test('these tests run in a browser that is there', () => {
  expect(existsSync(`${process.env['CHROMIUM_PATH']}`)).toBe(true)
})
