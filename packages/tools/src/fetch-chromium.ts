import { mkdirSync, readFileSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fetchPackage, run } from './fetch-package.ts'
import { fetchedChromium, findChromium } from './find-chromium.ts'
import { root } from './repository.ts'

/** Gives a browser: one that is there, else one that is fetched by npm alone. */
export function needChromium(): string {
  const found = findChromium()
  if (found) return found
  const named = process.env['CHROMIUM_PATH']
  if (named) throw new Error(`CHROMIUM_PATH names ${named}, where there is nothing.`)
  process.stderr.write('Fetching a chromium …\n')
  return platform() === 'linux' && arch() === 'x64' ? unpack() : download()
}

/** The package has the browser inside, so that npm is all it takes. */
function unpack(): string {
  const { toolchain } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const name = '@sparticuz/chromium'
  fetchPackage({
    spec: `${name}@${toolchain[name]}`,
    into: dirname(fetchedChromium),
    file: basename(fetchedChromium),
    unpack(folder) {
      const unpacked = join(folder, 'unpacked')
      mkdirSync(unpacked)
      // It unpacks into the temporary folder, which is not this project's alone.
      const script = `import chromium from '${name}'; await chromium.executablePath()`
      run(process.execPath, ['--input-type=module', '--eval', script], {
        cwd: folder,
        env: { ...process.env, TMPDIR: unpacked },
      })
      return unpacked
    },
  })
  return fetchedChromium
}

/** What playwright's makers build for the other systems. */
function download(): string {
  run('pnpm', ['exec', 'playwright', 'install', 'chromium'])
  const script = `import { chromium } from 'playwright'; process.stdout.write(chromium.executablePath())`
  return run(process.execPath, ['--input-type=module', '--eval', script])
}
