import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startProfile } from './profile.ts'

/** A program of the bench that runs in a process of its own, so that what is measured shares no thread with what measures. */
export interface Child<Ready> {
  /** What it said when it was ready. */
  readonly ready: Ready
  /** Asks it something. It rejects when the process fails or ends. */
  ask<Answer>(question: unknown): Promise<Answer>
  /** The processor time it has used so far, in microseconds. */
  cpu(): Promise<number>
  /** Where its processor time goes while something is done: a line for each function that takes much of it, itself. */
  profile(during: () => Promise<unknown>): Promise<readonly string[]>
  /** Ends it and waits until it is gone. */
  close(): Promise<void>
}

/** What a program of the bench answers, and how it ends. */
export interface Program<Ready> {
  readonly ready: Ready
  answer?(question: never): Promise<unknown>
  close(): Promise<void>
}

type Message = { readonly id: number; readonly value?: unknown; readonly error?: string }

const asksCpu = 'cpu'
const asksEnd = 'end'
const asksProfile = 'profile'

/** Starts a program of this folder, for example `load.ts`, with what it needs to know. */
export async function startChild<Ready>(
  file: string,
  options: unknown,
  nodeOptions: readonly string[] = [],
): Promise<Child<Ready>> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child: ChildProcess = fork(path, [JSON.stringify(options)], {
    execArgv: ['--conditions=@acme/source', ...nodeOptions],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>()
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      for (const { reject } of waiting.values()) reject(new Error(`${file} ended`))
      waiting.clear()
      resolve()
    })
  })
  child.on('message', ({ id, value, error }: Message) => {
    const one = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) one?.resolve(value as never)
    else one?.reject(new Error(`${file}: ${error}`))
  })
  const stop = () => void child.kill('SIGKILL')
  process.once('exit', stop)
  let last = 0
  const expect = <Answer>(id: number) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.set(id, { resolve, reject })
    })
  const ask = <Answer>(question: unknown) => {
    const answer = expect<Answer>(++last)
    child.send({ id: last, value: question })
    return answer
  }
  return {
    ready: await expect<Ready>(0),
    ask,
    cpu: () => ask(asksCpu),
    async profile(during) {
      await ask(asksProfile)
      await during()
      return ask<readonly string[]>(asksProfile)
    },
    async close() {
      await ask(asksEnd).catch(() => {})
      await gone
      process.off('exit', stop)
    },
  }
}

/** Is the other end of {@link startChild}: starts a program with its options and answers for it. */
export function runProgram<Options, Ready>(start: (options: Options) => Promise<Program<Ready>>): void {
  const send = (message: Message) => process.send?.(message)
  const options = JSON.parse(process.argv[2] ?? '{}') as Options
  let stopProfile: (() => Promise<readonly string[]>) | undefined
  start(options).then(
    (program) => {
      process.on('message', async ({ id, value }: Message) => {
        try {
          if (value === asksEnd) {
            await program.close()
            process.disconnect()
          } else if (value === asksCpu) {
            const { user, system } = process.cpuUsage()
            send({ id, value: user + system })
          } else if (value === asksProfile) {
            const lines = await stopProfile?.()
            stopProfile = stopProfile ? undefined : await startProfile()
            send({ id, value: lines })
          } else send({ id, value: await program.answer?.(value as never) })
        } catch (error) {
          send({ id, error: String(error) })
        }
      })
      // Whoever started it is gone.
      process.once('disconnect', () => process.exit())
      send({ id: 0, value: program.ready })
    },
    (error: unknown) => {
      send({ id: 0, error: error instanceof Error ? String(error.stack) : String(error) })
      process.disconnect()
    },
  )
}
