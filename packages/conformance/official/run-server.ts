import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A program that runs beside a test. */
export interface Running {
  /** What it has said so far. */
  output(): string
  /** Waits until it has said something; it rejects when the program ends before. */
  until(text: RegExp): Promise<RegExpExecArray>
  /** Waits for its end, and gives all that it has said. */
  readonly ended: Promise<string>
  kill(): void
}

/** What a program is given besides its arguments. */
export interface RunOptions {
  readonly cwd?: string | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** The folder of this package, where Clerk's packages are installed. */
export const here: string = fileURLToPath(new URL('..', import.meta.url))

const program = fileURLToPath(new URL('../../server/src/node/cli.ts', import.meta.url))

/** Starts the server's command from its source, as an app does that has Clerk's packages installed. */
export function runServer(args: readonly string[], options: RunOptions = {}): Running {
  return run(['--conditions=@acme/source', program, ...args], { cwd: here, ...options })
}

/** Starts Node with arguments. */
export function run(args: readonly string[], { cwd, env }: RunOptions = {}): Running {
  const child: ChildProcess = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe' })
  let said = ''
  const heard = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      said += chunk
      for (const tell of heard) tell()
    })
  }
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(said)))
  return {
    output: () => said,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = text.exec(said)
          if (found) resolve(found)
          return found !== null
        }
        if (look()) return
        heard.add(look)
        void ended.then(() => reject(new Error(`ended before ${text}:\n${said}`)))
      }),
    ended,
    kill: () => void child.kill('SIGKILL'),
  }
}
