import { expect, test } from 'vitest'
import type { Machine } from '../src/find-chromium.ts'
import { findFirefox } from '../src/find-firefox.ts'

const machine = (platform: NodeJS.Platform, there: readonly string[], env: Machine['env'] = {}): Machine => ({
  platform,
  env,
  exists: (path) => there.includes(path),
})
const app = '/Applications/Firefox.app/Contents/MacOS/firefox'
const exe = 'C:\\Program Files\\Mozilla Firefox\\firefox.exe'

test.each<[string, Machine, string | undefined]>([
  ['Debian’s', machine('linux', ['/usr/bin/firefox', '/usr/bin/firefox-esr']), '/usr/bin/firefox-esr'],
  ['one on the PATH', machine('linux', ['/opt/f/firefox'], { PATH: '/bin:/opt/f' }), '/opt/f/firefox'],
  ['that of a Mac', machine('darwin', [app]), app],
  ['that of Windows', machine('win32', [exe], { ProgramFiles: 'C:\\Program Files' }), exe],
  ['the one that is named', machine('linux', ['/my/own', '/usr/bin/firefox'], { FIREFOX_PATH: '/my/own' }), '/my/own'],
  [
    'no other than the one that is named',
    machine('linux', ['/usr/bin/firefox'], { FIREFOX_PATH: '/my/own' }),
    undefined,
  ],
  ['none where there is none', machine('linux', []), undefined],
])('a Firefox is found: %s', (_, where, expected) => {
  expect(findFirefox(where)).toBe(expected)
})
