import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './repository.ts'
import { type FetchedProgram, runtimes } from './runtimes/runtimes.ts'

/** A program that installs packages. */
export interface Installer {
  /** As the table calls it. */
  readonly name: string
  /** What fetches it; else it is on the PATH. */
  readonly program?: FetchedProgram | undefined
  /** How it is called, by its own path where it was fetched. */
  readonly command: (path: string) => readonly [string, ...string[]]
  readonly install: readonly string[]
  /** What runs a file of the project. @default node */
  readonly run?: (path: string) => readonly [string, ...string[]]
  /** Writes the files of a project, in which packages also depend on one another's tarballs. */
  prepare(folder: string, manifest: object, tarballs: Readonly<Record<string, string>>): void
}

const { toolchain } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const write = (folder: string, file: string, value: object | string): void =>
  writeFileSync(join(folder, file), typeof value === 'string' ? value : JSON.stringify(value))

const yarn = (name: string): FetchedProgram => ({
  version: toolchain[name],
  packageFor: () => name,
  file: 'bin/yarn.js',
})

const byResolutions: Installer['prepare'] = (folder, manifest, tarballs) =>
  write(folder, 'package.json', { ...manifest, resolutions: tarballs })

/** Every installer that is promised, those first that are strictest. */
export const installers: readonly Installer[] = [
  {
    name: 'yarn 4',
    program: yarn('@yarnpkg/cli-dist'),
    command: (path) => ['node', path],
    install: ['install', '--no-immutable'],
    // Packages stay zipped, and each finds only what it names (Plug'n'Play).
    run: (path) => ['node', path, 'node'],
    prepare(folder, manifest, tarballs) {
      byResolutions(folder, manifest, tarballs)
      write(folder, '.yarnrc.yml', 'enableTelemetry: false\nenableScripts: false\n')
      // It is the root of its own project, wherever the folder is.
      write(folder, 'yarn.lock', '')
    },
  },
  {
    name: 'pnpm',
    command: () => ['pnpm'],
    install: ['install', '--no-frozen-lockfile', '--ignore-scripts', '--prefer-offline'],
    prepare(folder, manifest, tarballs) {
      write(folder, 'package.json', manifest)
      const lines = Object.entries(tarballs).map(([name, path]) => `  "${name}": "${path}"\n`)
      write(folder, 'pnpm-workspace.yaml', `overrides:\n${lines.join('')}`)
    },
  },
  {
    name: 'bun',
    program: runtimes.find(({ name }) => name === 'Bun')?.program,
    command: (path) => [path],
    install: ['install', '--ignore-scripts'],
    prepare: (folder, manifest, tarballs) => write(folder, 'package.json', { ...manifest, overrides: tarballs }),
  },
  {
    name: 'yarn 1',
    program: yarn('yarn'),
    command: (path) => ['node', path],
    // Its cache tells tarballs apart by their version, and each run has other ones of the same.
    install: ['install', '--ignore-scripts', '--non-interactive', '--cache-folder', '.cache'],
    prepare: byResolutions,
  },
  {
    name: 'npm',
    command: () => ['npm'],
    install: ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'],
    prepare: (folder, manifest, tarballs) => write(folder, 'package.json', { ...manifest, overrides: tarballs }),
  },
]
