import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findChromium } from '../find-chromium.ts'
import { findFirefox } from '../find-firefox.ts'
import { programPath } from './need-program.ts'
import type { Runtime } from './runtimes.ts'
import { startWorker } from './start-worker.ts'

/** How long a runtime may take for all of it, in milliseconds: a machine may be busy. */
const patience = 180_000

/** Why a runtime cannot be tried on this machine; undefined where it can. */
export function whyNotHere({ name, kind }: Runtime): string | undefined {
  if (kind === 'browser' && !browserPath(name)) return `no ${name} here: install one, or set ${name.toUpperCase()}_PATH`
  return undefined
}

/** Runs the suite, which was bundled into the project, in a runtime that is there; gives its report. */
export async function runSuite(
  runtime: Runtime,
  project: string,
  world: object,
  env: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const [{ program, kind, args = [] }, text] = [runtime, JSON.stringify(world)]
  if (kind === 'worker' && program) return runWorker(programPath(program), project, text)
  if (kind === 'browser') return runBrowser(runtime.name, project, text)
  const started =
    kind === 'native'
      ? start(process.execPath, ['--import', './missing-pieces.js', 'native.js'], project, { ...env, WORLD: text })
      : start(program ? programPath(program) : '', [...args, 'main.js'], project, { WORLD: text })
  return JSON.parse((await started.ended).trim().split('\n').at(-1) ?? '')
}

async function runWorker(workerd: string, project: string, world: string): Promise<unknown> {
  const worker = await startWorker(workerd, project, 'dist/worker.js')
  try {
    const answer = await fetch(worker.url, { method: 'POST', body: world, signal: AbortSignal.timeout(patience) })
    const said = await answer.text()
    if (!answer.ok) throw new Error(`the worker answered ${answer.status}: ${said}`)
    return JSON.parse(said)
  } finally {
    worker.close()
  }
}

function browserPath(name: string): string | undefined {
  return name === 'Firefox' ? findFirefox() : findChromium()
}

/** A browser as it is, without a driver: it opens the page, which says what came of it. */
async function runBrowser(name: string, project: string, world: string): Promise<unknown> {
  const profile = mkdtempSync(join(tmpdir(), 'acme-browser-'))
  let take: (report: unknown) => void = () => {}
  const taken = new Promise<unknown>((resolve) => {
    take = resolve
  })
  const server = createServer(async (request, response) => {
    if (request.url === '/page.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(join(project, 'dist/page.js')))
    } else if (request.url === '/world') response.end(world)
    else if (request.url === '/report') {
      let text = ''
      for await (const chunk of request) text += chunk
      response.end()
      take(JSON.parse(text))
    } else {
      const html =
        '<!doctype html><meta charset="utf-8"><title>runtimes</title><script type="module" src="/page.js"></script>'
      response.writeHead(200, { 'content-type': 'text/html' }).end(html)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const quiet = ['--no-first-run', '--disable-gpu', '--disable-background-networking', '--disable-component-update']
  const args =
    name === 'Firefox'
      ? ['--headless', '--no-remote', '--profile', profile, url]
      : ['--headless', '--no-sandbox', ...quiet, '--remote-debugging-port=0', `--user-data-dir=${profile}`, url]
  const { child, ended } = start(browserPath(name) ?? '', args, project, { MOZ_CRASHREPORTER_DISABLE: '1' })
  try {
    return await Promise.race([taken, ended.then((said) => Promise.reject(new Error(`${name} ended:\n${said}`)))])
  } finally {
    ended.catch(() => {})
    child.kill()
    await ended.catch(() => {})
    server.closeAllConnections()
    server.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Starts a program; `ended` gives what it has printed, and throws that when the program fails. */
function start(command: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe', timeout: patience })
  let [said, complained] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    complained += chunk
  })
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      if (status === 0) resolve(said)
      else reject(new Error(`${command} failed (${status}):\n${said}\n${complained}`))
    })
  })
  return { child, ended }
}
