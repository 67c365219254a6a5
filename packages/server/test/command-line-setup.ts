import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'

/** The command line, as it is run from its source. */
export const program = fileURLToPath(new URL('../src/node/cli.ts', import.meta.url))

/** A server that was started from the command line. */
export interface Running {
  readonly child: ChildProcess
  output(): string
  /** Waits until the output holds something. */
  until(text: string): Promise<void>
  readonly exit: Promise<number | null>
}

/** Starts the program with options; it ends with the test at the latest. */
export function start(...options: string[]): Running {
  return startIn({}, ...options)
}

/** Starts the program with options and more in its environment, in a folder. */
export function startIn({ env, cwd }: { env?: Record<string, string>; cwd?: string }, ...options: string[]): Running {
  const child = spawn(process.execPath, ['--conditions=@acme/source', program, ...options], {
    stdio: 'pipe',
    cwd,
    env: { ...process.env, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += data))
  return {
    child,
    output: () => output,
    until: (text) => expect.poll(() => output).toContain(text),
    // Not as soon as it exits: what it said last may still be on its way.
    exit: new Promise((resolve) => child.once('close', resolve)),
  }
}

/** Names a folder that is not there yet and goes with the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'acme-command-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'data')
}

/** Reads the keys that a server has left in its folder. */
export async function readKeys(folder: string): Promise<Record<string, string>> {
  const text = await readFile(join(folder, 'keys.env'), 'utf8')
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

/** Asks the Backend API of a server by its keys. */
export async function call(keys: Record<string, string>, path: string, body?: object) {
  const response = await fetch(`${keys['ACME_API_URL']}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${keys['ACME_SECRET_KEY']}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return response.json()
}
