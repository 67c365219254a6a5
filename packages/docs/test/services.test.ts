import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { formatPublishableKey } from '@acme/schema'
import { startServer } from '@acme/server/node'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../tools/src/free-port.ts'
import { codeBlocks } from '../src/code-blocks.ts'
import { pages } from '../src/places.ts'

const page = readFileSync(join(pages, 'guide/running.md'), 'utf8')
/** The host of every configuration that the page shows. */
const host = 'accounts.example.com'
const upstream = '127.0.0.1:8787'

/** A program, where this machine has it: by a variable, on the PATH, or where systems keep what root runs. */
function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const named = process.env[`${name.toUpperCase().replaceAll('-', '_')}_PATH`]
  return [named ?? '', ...folders.map((folder) => join(folder, name))].find((path) => path !== '' && existsSync(path))
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'acme-services-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function replaced(text: string, pairs: Readonly<Record<string, string>>): string {
  for (const from of Object.keys(pairs)) expect(text).toContain(from)
  return Object.entries(pairs).reduce((done, [from, to]) => done.replaceAll(from, to), text)
}

/** Runs a server behind a proxy that is configured as the page says, and asks it as a page and as an app do. */
async function askThrough(program: string, configure: (port: number, upstream: string, folder: string) => string[]) {
  const server = await startServer({
    directory: newFolder(),
    port: 0,
    trustedProxies: 1,
    publishableKey: formatPublishableKey({ instanceType: 'test', host }),
  })
  onTestFinished(() => server.close())
  const port = await freePort()
  const folder = newFolder()
  const args = configure(port, new URL(server.url).host, folder)
  const proxy = spawn(program, args, { stdio: 'ignore', env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder } })
  onTestFinished(() => void proxy.kill('SIGKILL'))
  const ask = (path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; body: string }>((resolve) => {
      const asked = request({ port, path, headers: { host, ...headers } }, async (response) => {
        resolve({ status: response.statusCode ?? 0, body: await text(response) })
      })
      asked.on('error', () => resolve({ status: 0, body: '' })).end()
    })
  await expect.poll(async () => (await ask('/health/ready')).status).toBe(200)
  const count = await ask('/v1/users/count', { authorization: `Bearer ${server.secretKey}` })
  expect(count.status).toBe(200)
  // The Frontend API answers to its own name alone, which the proxy has to pass on.
  const environment = await ask('/v1/environment')
  expect(environment).toMatchObject({ status: 200, body: expect.stringContaining('auth_config') })
  // nginx passes on what names another host; Caddy answers it by itself: 200, with nothing in it.
  expect((await ask('/v1/environment', { host: 'elsewhere.example.com' })).body).not.toContain('auth_config')
}

test('nginx takes the configuration, and passes on what the server has to know', async ({ skip }) => {
  const nginx = findProgram('nginx')
  if (!nginx) return skip('there is no nginx on this machine')
  const block = codeBlocks(page).find(({ language }) => language === 'nginx')?.text ?? ''
  await askThrough(nginx, (port, to, folder) => {
    const server = replaced(block, { 'listen 443 ssl': `listen 127.0.0.1:${port}`, [upstream]: to })
    const own = server.replace(/^\s*ssl_.*\n/gm, '')
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${join(folder, name)};`,
    )
    const file = join(folder, 'nginx.conf')
    const main = `daemon off; master_process off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'error.log')};`
    writeFileSync(file, `${main}\nevents {}\nhttp {\naccess_log off; ${paths.join(' ')}\n${own}}\n`)
    return ['-p', folder, '-c', file]
  })
})

test('Caddy takes the configuration, and passes on what the server has to know', async ({ skip }) => {
  const caddy = findProgram('caddy')
  if (!caddy) return skip('there is no Caddy on this machine')
  const block = /^accounts\.example\.com \{\n[\s\S]*?^\}\n/m.exec(page)?.[0] ?? ''
  await askThrough(caddy, (port, to, folder) => {
    const site = replaced(block, { [`${host} {`]: `http://${host}:${port} {`, [upstream]: to })
    const file = join(folder, 'Caddyfile')
    writeFileSync(file, `{\n\tadmin off\n\tdefault_bind 127.0.0.1\n}\n${site}`)
    return ['run', '--config', file, '--adapter', 'caddyfile']
  })
})

test('systemd takes the unit', async ({ skip }) => {
  const analyze = findProgram('systemd-analyze')
  if (!analyze) return skip('there is no systemd on this machine')
  const block = codeBlocks(page).find(({ language }) => language === 'ini')?.text ?? ''
  const file = join(newFolder(), 'acme.service')
  // It wants the program to be there.
  writeFileSync(file, replaced(block, { '/opt/acme/node_modules/.bin/acme-server': process.execPath }))
  const { stdout, stderr } = await promisify(execFile)(analyze, ['verify', file])
  expect(stdout + stderr).toBe('')
})

test('the unit and the container start the server by options that it has', () => {
  const [unit, container] = ['ini', 'dockerfile'].map(
    (language) => codeBlocks(page).find((block) => block.language === language)?.text ?? '',
  )
  const given = [
    /^ExecStart=\S+ (.*)$/m.exec(unit ?? '')?.[1]?.split(' ') ?? [],
    (JSON.parse(/^CMD (\[.*\])$/m.exec(container ?? '')?.[1] ?? '[]') as string[]).slice(1),
  ]
  for (const options of given) {
    const names = options.filter((one) => one.startsWith('--'))
    expect(names.length).toBeGreaterThan(2)
    for (const name of names) expect(page).toMatch(new RegExp(`^\\| .*\`${name}\``, 'm'))
  }
})
