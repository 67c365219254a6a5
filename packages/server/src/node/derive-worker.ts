import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Argon2Parameters } from '../auth/foreign-hashes/derivations.ts'

/** What a thread computes by code that would hold the one that serves. */
interface Jobs {
  readonly bcrypt: { readonly input: { password: string; hash: string }; readonly result: boolean }
  readonly argon2: { readonly input: { password: string; parameters: Argon2Parameters }; readonly result: Uint8Array }
}

const modules: Readonly<Record<keyof Jobs, string>> = { bcrypt: 'bcryptjs', argon2: '@noble/hashes/argon2.js' }

/** A text, so that no bundler has to know of a file more. */
const program = `
const { parentPort, workerData: { job, url, input } } = require('node:worker_threads')
const jobs = {
  bcrypt: (library, { password, hash }) => (library.default ?? library).compareSync(password, hash),
  argon2: (library, { password, parameters: { variant, salt, memory: m, passes: t, parallelism: p, length: dkLen } }) =>
    library[variant](password, salt, { m, t, p, dkLen }),
}
import(url).then((library) => parentPort.postMessage(jobs[job](library, input)))
`

/** Computes something in a thread of its own. */
export function deriveInWorker<J extends keyof Jobs>(job: J, input: Jobs[J]['input']): Promise<Jobs[J]['result']> {
  return new Promise((resolve, reject) => {
    const workerData = { job, url: resolveModule(modules[job]), input }
    const worker = new Worker(program, { eval: true, workerData })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the thread that computes ${job} ended with ${code}`)))
  })
}

/** Finds a package next to this one, wherever the program was started. */
function resolveModule(name: string): string {
  // The CommonJS build has no import.meta, and its own require.
  const { url } = import.meta as { url?: string }
  const find = url ? createRequire(url) : require
  return pathToFileURL(find.resolve(name)).href
}
