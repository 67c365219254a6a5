// Fetches a program that npm has into .toolchain, unless it is there. Run by itself, for the runtime that is named, it
// fetches beside whatever else is under way.
import { existsSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { fetchPackage } from '../fetch-package.ts'
import { root } from '../repository.ts'
import { type FetchedProgram, runtimes } from './runtimes.ts'

/** Where a program is, or will be once it was fetched. @throws where no package has it for this machine */
export function programPath({ packageFor, version, file }: FetchedProgram): string {
  const folder = `${nameOf(packageFor).replaceAll(/[@/]+/g, '-').replace(/^-/, '')}-${version}`
  return join(root, '.toolchain', folder, platform() === 'win32' ? `${file}.exe` : file)
}

/** Gives a program, fetched if need be. */
export function needProgram(program: FetchedProgram): string {
  const path = programPath(program)
  if (existsSync(path)) return path
  const name = nameOf(program.packageFor)
  process.stderr.write(`Fetching ${name}@${program.version} …\n`)
  const suffix = platform() === 'win32' ? '.exe' : ''
  fetchPackage({
    spec: `${name}@${program.version}`,
    into: program.file.includes('/') ? dirname(dirname(path)) : dirname(path),
    file: `${program.file}${suffix}`,
    unpack: (folder) => join(folder, 'node_modules', name),
  })
  return path
}

function nameOf(packageFor: FetchedProgram['packageFor']): string {
  const name = packageFor(platform(), arch())
  if (!name) throw new Error(`There is no such program for ${platform()} on ${arch()}.`)
  return name
}

if (process.argv[1] === import.meta.filename) {
  const program = runtimes.find(({ name }) => name === process.argv[2])?.program
  if (!program) throw new Error(`No program is fetched for ${process.argv[2]}.`)
  needProgram(program)
}
