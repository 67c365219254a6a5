import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'
import { expect, onTestFinished, test } from 'vitest'
import { call, newFolder, readKeys, start, startIn } from './command-line-setup.ts'

const origin = ['--origin', 'https://accounts.example.com']
const from = ['--mail-from', 'Example <codes@example.com>']

/** A mail server, which takes whom it knows and nobody at `refused.example.com`. */
async function startMailServer() {
  const mails: { readonly to: string; readonly source: string }[] = []
  const server = new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'acme' && password === 'p@ss word' ? done(null, { user: 'acme' }) : done(new Error('who?')),
    onRcptTo: ({ address }, _session, done) =>
      done(address.endsWith('@refused.example.com') ? new Error('no such mailbox') : null),
    onData(stream, session, done) {
      let source = ''
      stream.on('data', (data) => (source += data))
      stream.on('end', () => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address).join(), source })
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  return { mails, url: (password = 'p%40ss%20word') => `smtp://acme:${password}@127.0.0.1:${port}` }
}

/** An app on a phone, which keeps its token by itself. */
function deviceOf(keys: Record<string, string>) {
  let token = ''
  return async (path: string, form: Record<string, string>) => {
    const response = await fetch(`${keys['ACME_API_URL']}${path}?_is_native=1`, {
      method: 'POST',
      headers: token ? { authorization: token } : {},
      body: new URLSearchParams(form),
    })
    token = response.headers.get('authorization') ?? token
    return { status: response.status, json: await response.json() }
  }
}

async function askForCode(device: ReturnType<typeof deviceOf>, address: string) {
  const { json } = await device('/v1/client/sign_ups', { email_address: address, password: 'correct horse 7 battery' })
  const id = json.response.id
  const asked = await device(`/v1/client/sign_ups/${id}/prepare_verification`, { strategy: 'email_code' })
  return { id, status: asked.status }
}

test('a live instance signs up by a code that a mail server has taken, and tells nobody whose mail fails', async () => {
  const { mails, url } = await startMailServer()
  const folder = await newFolder()
  const env = { ACME_SMTP_URL: url() }
  const server = startIn({ env }, '--data', folder, '--port', '0', ...origin, ...from)
  await server.until('Ctrl-C stops')
  expect(server.output()).toContain('Codes are sent by mail.')
  const keys = await readKeys(folder)
  expect(keys['ACME_PUBLISHABLE_KEY']).toMatch(/^pk_live_/)
  expect(keys['ACME_SECRET_KEY']).toMatch(/^sk_live_/)

  const device = deviceOf(keys)
  const { id, status } = await askForCode(device, 'ada@example.com')
  expect(status).toBe(200)
  const [mail] = mails
  expect(mail?.to).toBe('ada@example.com')
  expect(mail?.source).toContain('From: Example <codes@example.com>')
  expect(mail?.source).toMatch(/multipart\/alternative[\s\S]*text\/plain[\s\S]*text\/html/)
  const code = /^Subject: Confirm your e-mail address: (\d{6})/m.exec(mail?.source ?? '')?.[1] ?? ''
  expect(code).toMatch(/^\d{6}$/)
  const wrong = { strategy: 'email_code', code: '424242' }
  expect((await device(`/v1/client/sign_ups/${id}/attempt_verification`, wrong)).status).toBe(422)
  const right = await device(`/v1/client/sign_ups/${id}/attempt_verification`, { strategy: 'email_code', code })
  expect(right.json.response.status).toBe('complete')

  // Whether a mail fails or there is nobody to send it to, who asks is told the same.
  const prepare = async (identifier: string) => {
    const other = deviceOf(keys)
    const { json } = await other('/v1/client/sign_ins', { identifier })
    const factor = json.response.supported_first_factors.find(
      (one: { strategy: string }) => one.strategy === 'email_code',
    )
    return other(`/v1/client/sign_ins/${json.response.id}/prepare_first_factor`, {
      strategy: 'email_code',
      email_address_id: factor.email_address_id,
    })
  }
  await call(keys, '/v1/users', { email_address: ['eve@refused.example.com'] })
  const failed = await prepare('eve@refused.example.com')
  const nobody = await prepare('none@refused.example.com')
  expect([failed.status, nobody.status]).toEqual([200, 200])
  await server.until('fault beside the requests')
  expect(server.output()).toContain('EENVELOPE')
  expect(server.output()).not.toMatch(/ada@|eve@|p@ss|p%40ss/)
  expect(mails).toHaveLength(1)
})

test('a mail server that does not let in is told to the operator, and nothing of it to who signs up', async () => {
  const { url } = await startMailServer()
  const folder = await newFolder()
  const server = start('--data', folder, '--port', '0', ...origin, ...from, '--smtp', url('wrong'))
  await server.until('Ctrl-C stops')
  expect((await askForCode(deviceOf(await readKeys(folder)), 'ada@example.com')).status).toBe(500)
  await server.until('EAUTH')
  expect(server.output()).not.toMatch(/wrong|ada@/)
})

test('a command gets each mail as JSON, in words of one’s own', async () => {
  const folder = await newFolder()
  const templates = await mkdtemp(join(tmpdir(), 'acme-mails-'))
  onTestFinished(() => rm(templates, { recursive: true }))
  await writeFile(join(templates, 'sign_up.txt'), 'Subject: Willkommen\n\nDein Code für {{host}}: {{code}}\n')
  const taken = join(templates, 'taken.json')
  const options = [...origin, '--mail-command', `cat > ${taken}`, '--mail-templates', templates]
  const server = start('--data', folder, '--port', '0', ...options)
  await server.until('Ctrl-C stops')
  expect((await askForCode(deviceOf(await readKeys(folder)), 'ada@example.com')).status).toBe(200)
  expect(JSON.parse(await readFile(taken, 'utf8'))).toEqual({
    to: 'ada@example.com',
    subject: 'Willkommen',
    text: expect.stringMatching(/^Dein Code für accounts.example.com: \d{6}\n$/),
    html: expect.stringContaining('Dein Code'),
  })
})

test('each mistake of a configuration is named, with what to do and no secret', async () => {
  const env = {
    ACME_SECRET_KEY: 'sk_test_0123456789canary0123456789',
    ACME_SIGNING_KEY: 'canary',
    ACME_SMTP_URL: 'http://a:canary@b',
  }
  const server = startIn({ env }, '--data', await newFolder(), ...origin, ...from)
  expect(await server.exit).toBe(2)
  expect(server.output()).toContain('ACME_SECRET_KEY is that of a test instance')
  expect(server.output()).toContain('ACME_SIGNING_KEY is no private RSA key')
  expect(server.output()).toContain('ACME_SMTP_URL takes smtp://')
  expect(server.output()).not.toContain('canary')
  const silent = start('--data', await newFolder(), ...origin)
  expect(await silent.exit).toBe(2)
  expect(silent.output()).toContain('needs a way to send codes: --smtp')
  const plain = start('--data', await newFolder(), '--origin', 'http://accounts.example.com')
  expect(await plain.exit).toBe(2)
  expect(plain.output()).toContain('--origin takes https://')
})
