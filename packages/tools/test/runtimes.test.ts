import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatPublishableKey } from '@acme/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Behavior, Report } from '../../conformance/runtimes/behavior.ts'
import { neededPieces } from '../../conformance/runtimes/needed-pieces.ts'
import { type Kind, promised } from '../../conformance/runtimes/promised.ts'
import { behaviors } from '../../conformance/runtimes/run-behaviors.ts'
import type { World } from '../../conformance/runtimes/world.ts'
import { scaled } from '../../conformance/scaled.ts'
import { freePort } from '../src/free-port.ts'
import { packPackages } from '../src/pack-packages.ts'
import { bundleSuite } from '../src/runtimes/bundle-suite.ts'
import { needProgram } from '../src/runtimes/need-program.ts'
import { runSuite, whyNotHere } from '../src/runtimes/run-suite.ts'
import { columns, type Runtime, runtimes } from '../src/runtimes/runtimes.ts'
import { pageWith, runtimesPage, toMarkdown } from '../src/table.ts'

// One suite (packages/conformance/runtimes), in every runtime that is promised, by what people install.
const project = mkdtempSync(join(tmpdir(), 'acme-runtimes-'))
const silence = createServer(() => {})
const reports = new Map<string, Report>()
let acme: ChildProcess
let world: World

/** A webhook as `@acme/server` sends it (the Standard Webhooks specification). */
function signedWebhook(): World['webhook'] {
  const key = Buffer.from('a key of twenty-four bytes')
  const body = JSON.stringify({ type: 'user.deleted', data: { id: 'user_1', deleted: true }, timestamp: 1 })
  const timestamp = `${Math.floor(Date.now() / 1_000)}`
  const signature = createHmac('sha256', key).update(`msg_1.${timestamp}.${body}`).digest('base64')
  return {
    secret: `whsec_${key.toString('base64')}`,
    headers: { 'webhook-id': 'msg_1', 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` },
    body,
  }
}

beforeAll(async () => {
  const tarballs = Object.fromEntries(packPackages(project).map(({ name, path }) => [name, `file:${path}`]))
  const dependencies = { ...tarballs, react: '19.3.1', 'react-dom': '19.3.1', msw: '3.0.5', zod: '4.6.7' }
  const manifest = { private: true, type: 'module', dependencies, overrides: tarballs }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  execFileSync('npm', ['install', ...quiet], { cwd: project, stdio: 'pipe' })
  await bundleSuite(project)
  const [port, closed] = [await freePort(), await freePort()]
  const publishableKey = formatPublishableKey({ instanceType: 'test', host: `127.0.0.1:${port}` })
  const secretKey = 'sk_test_of_the_runtimes'
  const env = { ...process.env, ACME_PUBLISHABLE_KEY: publishableKey, ACME_SECRET_KEY: secretKey, PORT: `${port}` }
  acme = spawn('node', ['real-server.js'], { cwd: project, env, stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve, reject) => {
    acme.stdout?.once('data', resolve)
    acme.once('exit', () => reject(new Error('the server ended')))
  })
  await new Promise<void>((resolve) => silence.listen(0, '127.0.0.1', resolve))
  world = {
    apiUrl: `http://127.0.0.1:${port}`,
    publishableKey,
    secretKey,
    nowhere: `http://127.0.0.1:${closed}`,
    silence: `http://127.0.0.1:${(silence.address() as AddressInfo).port}`,
    webhook: signedWebhook(),
  }
})

afterAll(() => {
  acme?.kill()
  silence.closeAllConnections()
  silence.close()
  rmSync(project, { recursive: true })
})

const kindOf = ({ kind }: Runtime): Kind => (kind === 'browser' ? 'page' : kind === 'native' ? 'native' : 'server')
const rowOf = ({ part, title }: Behavior) => `${part} ${title}`
const words = { ok: 'yes', refused: 'refused', elsewhere: '–', absent: 'reload' }
const tried = runtimes.slice(0, scaled(runtimes.length, 2))

describe.concurrent('every part does what it promises', () => {
  test.for(tried)('on $name', async (runtime, { skip }) => {
    const { name } = runtime
    const reason = whyNotHere(runtime)
    if (reason) skip(reason)
    await needProgram(runtime)
    const report = (await runSuite(runtime, project, world)) as Report
    reports.set(name, report)
    const kind = kindOf(runtime)
    expect(report).toEqual(Object.fromEntries(behaviors.map((one) => [rowOf(one), promised(kind, one)])))
  })
})

const native = runtimes.find(({ kind }) => kind === 'native') as Runtime

describe.concurrent('an app of React Native brings what the docs name', () => {
  test.each(neededPieces.slice(0, scaled(neededPieces.length)))('without %s something fails', async (piece) => {
    const report = (await runSuite(native, project, world, { WITHOUT: piece })) as Report
    expect(Object.values(report).some((outcome) => typeof outcome === 'object')).toBe(true)
    expect(readFileSync(runtimesPage, 'utf8')).toContain(`\`${piece}\``)
  })
})

const table = (cell: (row: string, column: string) => string, corner: string) =>
  toMarkdown({ corner, columns, rows: behaviors.map(rowOf), cell })

test('what came of it has no hole', () => {
  const cell = (row: string, column: string) => {
    const outcome = reports.get(column)?.[row]
    if (outcome) return typeof outcome === 'string' ? words[outcome] : 'FAILED'
    const runtime = runtimes.find(({ name }) => name === column)
    if (!runtime || !tried.includes(runtime)) return 'not now'
    return whyNotHere(runtime) ? 'not found here' : 'FAILED'
  }
  const reasons = runtimes.map(whyNotHere).filter(Boolean)
  process.stdout.write(`${[table(cell, 'here'), ...reasons].join('\n')}\n`)
})

test('the docs show what is promised of every runtime', async () => {
  const of = (column: string) => runtimes.find(({ name }) => name === column) as Runtime
  const cell = (row: string, column: string) => {
    const behavior = behaviors.find((one) => rowOf(one) === row) as Behavior
    return words[promised(kindOf(of(column)), behavior)]
  }
  expect([...columns].sort()).toEqual(runtimes.map(({ name }) => name).sort())
  await expect(pageWith('runtimes', table(cell, ' '))).toMatchFileSnapshot(runtimesPage)
})
