import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { packPackages } from '../../tools/src/pack-packages.ts'
import { codeBlocks, withIncludes } from '../src/code-blocks.ts'
import { pages, root } from '../src/places.ts'

/** What a stranger has who has the tarballs: a folder where they are installed, and a server with its keys. */
export interface Stranger {
  readonly folder: string
  readonly url: string
  /** The keys as the server wrote them. */
  readonly env: Readonly<Record<string, string>>
  /** Makes a project of the files that a page shows, and of what `npm create` would have made. */
  project(page: string, scaffold?: Readonly<Record<string, string>>, name?: string): string
  /** Starts a program of Node and gives what it has printed once that holds a text. */
  start(cwd: string, env: Readonly<Record<string, string>>, until: RegExp, ...args: string[]): Promise<string>
  /** A program that was installed. */
  bin(name: string): string
  close(): void
}

/** Installs the packed packages, and what else is named, in a fresh folder, and starts the server there. */
export async function createStranger(dependencies: Readonly<Record<string, string>>): Promise<Stranger> {
  const folder = mkdtempSync(join(tmpdir(), 'acme-docs-'))
  const children: ChildProcess[] = []
  const start: Stranger['start'] = (cwd, env, until, ...args) => {
    const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe' })
    children.push(child)
    let said = ''
    return new Promise((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        said += chunk
        if (until.test(said)) resolve(said)
      }
      child.stdout.on('data', listen)
      child.stderr.on('data', listen)
      child.once('exit', () => reject(new Error(`${args.join(' ')} ended:\n${said}`)))
    })
  }
  const tarballs = Object.fromEntries(packPackages(folder).map(({ name, path }) => [name, `file:${path}`]))
  const manifest = {
    private: true,
    type: 'module',
    dependencies: { ...tarballs, ...dependencies },
    overrides: tarballs,
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], folder)
  const bin = (name: string) => join(folder, 'node_modules/.bin', name)
  const said = await start(folder, {}, /Ctrl-C stops/, bin('acme-server'), '--port', '0')
  const keys = readFileSync(join(folder, '.acme/keys.env'), 'utf8')
  const lines = keys.trim().split('\n')
  return {
    folder,
    url: /http:\S+/.exec(said)?.[0] ?? '',
    env: Object.fromEntries(lines.map((line) => line.split('=') as [string, string])),
    project(page, scaffold = {}, name = page) {
      const home = join(folder, name)
      const blocks = codeBlocks(withIncludes(readFileSync(join(pages, 'start', `${page}.md`), 'utf8')))
      const shown = blocks.flatMap(({ title, text }) => (title?.includes('.') ? [[title, text] as const] : []))
      if (shown.length === 0) throw new Error(`the page ${page} shows no file`)
      for (const [path, text] of [...Object.entries(scaffold), ...shown]) {
        mkdirSync(dirname(join(home, path)), { recursive: true })
        writeFileSync(join(home, path), text)
      }
      return home
    },
    start,
    bin,
    close() {
      for (const child of children) child.kill()
      rmSync(folder, { recursive: true, maxRetries: 5 })
    },
  }
}

/** The versions of this repository, of what is not ours. */
export function versionsOf(...names: string[]): Record<string, string> {
  const text = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  return Object.fromEntries(
    names.map((name) => [name, new RegExp(`^  "?${name}"?: (\\S+)$`, 'm').exec(text)?.[1] ?? `no ${name}`]),
  )
}

/** Runs a program to its end; it throws what was said when the program fails. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe', env: { ...process.env, ...env } })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string }
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
  }
}

/** The lines of a file that are the reader's own to write: all that says something, imports aside. */
export function ownLines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() && !/^import |= require\(/.test(line))
}
