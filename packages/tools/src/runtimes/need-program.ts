// Fetches programs that npm has into .toolchain, where they are not there. Run by itself, it fetches that of the runtime
// or installer that is named.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { promisify } from 'node:util'
import { fetchPackage } from '../fetch-package.ts'
import { installers } from '../installers.ts'
import { root } from '../repository.ts'
import { type FetchedProgram, runtimes } from './runtimes.ts'

interface Named {
  readonly name: string
  readonly program?: FetchedProgram | undefined
}

/** Where a program is, or will be once it was fetched. @throws where no package has it for this machine */
export function programPath({ packageFor, version, file }: FetchedProgram): string {
  const folder = `${nameOf(packageFor).replaceAll(/[@/]+/g, '-').replace(/^-/, '')}-${version}`
  return join(root, '.toolchain', folder, file + suffixOf(file))
}

/** Gives the program of a runtime or an installer, fetched by a process of its own, so that others go on meanwhile. */
export async function needProgram({ name, program }: Named): Promise<string> {
  if (!program) return ''
  if (!existsSync(programPath(program))) await promisify(execFile)(process.execPath, [import.meta.filename, name])
  return programPath(program)
}

function fetchProgram(program: FetchedProgram): void {
  const path = programPath(program)
  const name = nameOf(program.packageFor)
  process.stderr.write(`Fetching ${name}@${program.version} …\n`)
  fetchPackage({
    spec: `${name}@${program.version}`,
    into: program.file.includes('/') ? dirname(dirname(path)) : dirname(path),
    file: program.file + suffixOf(program.file),
    unpack: (folder) => join(folder, 'node_modules', name),
  })
}

function suffixOf(file: string): string {
  return platform() === 'win32' && !extname(file) ? '.exe' : ''
}

function nameOf(packageFor: FetchedProgram['packageFor']): string {
  const name = packageFor(platform(), arch())
  if (!name) throw new Error(`There is no such program for ${platform()} on ${arch()}.`)
  return name
}

if (process.argv[1] === import.meta.filename) {
  const named: readonly Named[] = [...runtimes, ...installers]
  const program = named.find(({ name }) => name === process.argv[2])?.program
  if (!program) throw new Error(`No program is fetched for ${process.argv[2]}.`)
  fetchProgram(program)
}
