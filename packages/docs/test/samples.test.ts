import { createHmac } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBackend } from '@acme/backend'
import { createFrontend } from '@acme/frontend'
import { createMock } from '@acme/msw/node'
import ts from 'typescript'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startPostgres } from '../../tools/src/start-postgres.ts'
import migration from '../samples/guide/0002-plan-to-tier.ts'
import * as accounts from '../samples/guide/accounts.ts'
import * as calls from '../samples/guide/calls.ts'
import * as claims from '../samples/guide/claims.ts'
import { save } from '../samples/guide/errors.ts'
import { serverMetadata as foundBy } from '../samples/guide/find-users.metadata.ts'
import * as findUsers from '../samples/guide/find-users.ts'
import * as history from '../samples/guide/history.ts'
import * as kinds from '../samples/guide/kinds.ts'
import * as limit from '../samples/guide/limit.tsx'
import { keepCurrent } from '../samples/guide/live.ts'
import * as merge from '../samples/guide/merge.ts'
import * as migrations from '../samples/guide/migrations.ts'
import * as running from '../samples/guide/running.ts'
import * as typing from '../samples/guide/typing.ts'
import { createHook } from '../samples/guide/webhooks.ts'
import { codeBlocks, includedFiles } from '../src/code-blocks.ts'
import { pages, root } from '../src/places.ts'

/** The constructor of asynchronous functions, which has no name of its own. */
const AsyncFunction = (async () => {}).constructor as new (
  ...text: string[]
) => (...args: unknown[]) => Promise<unknown>

const stored = { theme: 'dark', mail: { news: true }, pinned: ['a', 'b'] }
const acme = createMock({ users: [{ username: 'ada', unsafeMetadata: stored }] })
beforeAll(() => acme.listen({ onUnhandledFrame: 'bypass' }))
afterEach(() => acme.reset())
afterAll(() => acme.close())

const instance = () => ({ secretKey: acme.secretKey, apiUrl: acme.url, publishableKey: acme.publishableKey })
const ada = () => acme.users.get('ada')
async function signedIn<M>() {
  await acme.signInAs('ada')
  const frontend = createFrontend<M>({ publishableKey: acme.publishableKey })
  await frontend.load()
  return frontend
}

/** Commands for a shell, and what configures other programs, are no code of ours. */
const foreign: ReadonlySet<string> = new Set(['sh', 'ini', 'nginx', 'dockerfile'])

test('every sample is shown, and every piece of code that is shown is a sample', () => {
  const texts = globSync('**/*.md', { cwd: pages, exclude: ['reference/**'] }).map((file) => {
    const text = readFileSync(join(pages, file), 'utf8')
    const own = codeBlocks(text).filter(({ language }) => !foreign.has(language))
    expect({ file, own }).toEqual({ file, own: [] })
    return text
  })
  const shown = new Set(texts.flatMap(includedFiles))
  const samples = globSync('packages/docs/samples/**/*.*', { cwd: root })
  expect(samples.filter((file) => !shown.has(file))).toEqual([])
})

test('the three kinds', async () => {
  const { id } = await ada()
  const backend = createBackend<kinds.Kinds>(instance())
  await kinds.eachKind(backend, id)
  expect(await ada()).toMatchObject({ publicMetadata: { plan: 'pro' }, privateMetadata: { customerId: 'cus_1' } })
  expect(await kinds.handOver(backend, id)).not.toContain('cus_1')
  await expect(kinds.check(backend, id)).rejects.toThrow('not allowed')
  const frontend = await signedIn<kinds.Kinds>()
  if (!frontend.user) throw new Error('nobody is signed in')
  await kinds.roles(frontend.user, backend, id)
  expect(await ada()).toMatchObject({ publicMetadata: { role: 'admin' }, unsafeMetadata: { role: 'admin' } })
  expect(await kinds.check(backend, id)).toBe('light')
})

test('typing', async () => {
  const { id } = await ada()
  await acme.signInAs('ada')
  expect(await typing.inPage(instance())).toBe('free')
  typing.mistakes(instance())
  await acme.users.updateMetadata('ada', { publicMetadata: { plan: 'pro' } })
  expect(await typing.byInterface(instance(), id)).toBe('pro')
  expect(await typing.dates(instance(), id)).toBe(new Date().getFullYear())
  expect((await ada()).unsafeMetadata['seenAt']).toMatch(/^\d{4}-/)
  const { users } = createBackend({ ...instance(), metadata: typing.strict })
  await acme.users.updateMetadata('ada', { publicMetadata: { plan: 'gold' } })
  await expect(users.getUser(id)).rejects.toMatchObject({ code: 'form_param_value_invalid' })
  expect(Object.keys(typing.serverMetadata.schemas)).toContain('private')
})

test('merge and replace', async () => {
  const { id } = await ada()
  const backend = createBackend<merge.Prefs>(instance())
  expect((await merge.merge(backend, id)).unsafeMetadata).toEqual({ mail: { news: true, digest: true }, pinned: ['c'] })
  expect((await merge.set(backend, id)).unsafeMetadata).toEqual({ theme: 'light' })
  expect(merge.pure()).toEqual({ mail: { news: true, digest: true } })
  expect(await merge.oneWrite(backend, id)).toMatchObject({ firstName: 'Ada', publicMetadata: { credits: 10 } })
  await Promise.all([merge.spend(backend, id), merge.spend(backend, id)])
  expect((await ada()).publicMetadata).toEqual({ credits: 8 })
  expect(await merge.onlyIfSame(backend, id, () => merge.spend(backend, id))).toBe('changed meanwhile')
  expect(await merge.onlyIfSame(backend, id, async () => {})).toBe('set')
})

test('the limit', async () => {
  const { id } = await ada()
  const backend = createBackend(instance())
  expect(limit.measure()).toEqual([8_192, 33])
  expect(await limit.tooLarge(backend, id)).toEqual(['private: 9033 of 8192 bytes', 'draft: 9002', 'customerId: 7'])
  await limit.elsewhere(backend, id, { insert: async () => ({ id: 'doc_1' }) }, 'a long text')
  expect((await ada()).privateMetadata).toEqual({ draftId: 'doc_1' })
})

test('calls that fail', async () => {
  const { id } = await ada()
  const backend = createBackend(instance())
  expect(await calls.withTimes(backend, id)).toMatchObject({ id })
  await calls.once(backend, id, { id: 'evt_1' })
  await calls.once(backend, id, { id: 'evt_1' })
  expect(await ada()).toMatchObject({ version: 2 })
})

test('accounts', async () => {
  await acme.signInAs('ada')
  const options = instance()
  const frontend = await signedIn()
  const answers = ['first@example.com', '424242', 'correct horse battery', 'another horse battery']
  const ask = async () => answers.shift() ?? ''
  expect(await accounts.manage(frontend, options, ask)).toHaveLength(1)
  expect(frontend.user?.primaryEmailAddressId).toBe(frontend.user?.emailAddresses.at(-1)?.id)
  answers.push('first@example.com', '424242', 'a third horse battery')
  await accounts.forgotten(frontend, options, ask)
  expect(frontend.session).not.toBeNull()
})

test('asking somebody to sign up, and looking after accounts', async () => {
  const { publishableKey, ...options } = instance()
  const url = new URL((await accounts.invite(options, 'bea@example.com')) ?? '')
  const frontend = createFrontend<unknown>({ publishableKey })
  await frontend.load()
  await accounts.follow(frontend, url)
  expect(frontend.user).toMatchObject({ firstName: 'Ada', publicMetadata: { plan: 'pro' } })
  const id = await accounts.support(options, frontend.user?.id ?? '', 'bea@example.org')
  expect(await acme.users.get(frontend.user?.id ?? '')).toMatchObject({ primaryEmailAddressId: id, banned: true })
})

test('live pages', async () => {
  await acme.signInAs('ada')
  const shown: string[] = []
  const end = await keepCurrent(acme.publishableKey, (text) => shown.push(text))
  await acme.users.updateMetadata('ada', { publicMetadata: { plan: 'pro' } })
  await expect.poll(() => shown.at(-1)).toBe('{"plan":"pro"}')
  end()
})

test('webhooks', async () => {
  const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
  const table = { has: vi.fn(async () => false), save: vi.fn(async () => {}), forget: vi.fn(async () => {}) }
  const handle = createHook(secret, table)
  const send = (body: object, key = secret) => {
    const [id, text, timestamp] = ['msg_1', JSON.stringify(body), `${Math.floor(Date.now() / 1_000)}`]
    const hmac = createHmac('sha256', Buffer.from(key.slice(6), 'base64')).update(`${id}.${timestamp}.${text}`)
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${hmac.digest('base64')}`,
    }
    return handle(new Request('https://app.example.com/hooks', { method: 'POST', body: text, headers }))
  }
  const { id } = await ada()
  const event = { object: 'event', type: 'user.updated', timestamp: Date.now(), instance_id: 'ins_1' }
  const data = {
    object: 'user',
    id,
    public_metadata: { plan: 'pro' },
    unsafe_metadata: {},
    created_at: 0,
    updated_at: 0,
  }
  expect((await send({ ...event, data })).status).toBe(204)
  expect(table.save).toHaveBeenCalledWith(id, 'pro')
  expect((await send({ ...event, type: 'user.deleted', data: { object: 'user', id, deleted: true } })).status).toBe(204)
  expect(table.forget).toHaveBeenCalledWith(id)
  const forged = await send({ ...event, data }, `whsec_${Buffer.from('another secret of 24 bytes').toString('base64')}`)
  expect([forged.status, await forged.text()]).toEqual([400, 'webhook_signature_invalid'])
})

test('claims', async () => {
  const send = (method: string, path: string, body: object) =>
    fetch(`${acme.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${acme.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const schemas = { public: { properties: { plan: { enum: ['free', 'pro'] }, team: { properties: { id: {} } } } } }
  const pushed = { schemas, options: claims.metadata.options, allow_large_claims: true }
  expect((await send('PUT', '/metadata_schemas', pushed)).status).toBe(200)
  const { id } = await acme.users.updateMetadata('ada', { publicMetadata: { plan: 'free', team: { id: 'team_1' } } })
  await acme.signInAs('ada')
  const frontend = createFrontend({ publishableKey: acme.publishableKey, metadata: claims.metadata })
  await frontend.load()
  const backend = createBackend({ ...instance(), metadata: claims.metadata })
  const before = `${await frontend.session?.getToken()}`
  await expect(claims.verify(instance(), before)).rejects.toThrow('may not do this')
  const version = Number(await claims.upgrade(backend, id))
  expect(await claims.answer(backend, before, version)).toBe('ask again')
  const after = `${await claims.renew(frontend)}`
  expect(await claims.answer(backend, after, version)).toBe('pro')
  expect(await claims.verify(instance(), after)).toBe('team_1')
  for (const name of ['supabase', 'hasura']) {
    const template = readFileSync(join(root, `packages/docs/samples/guide/${name}-template.json`), 'utf8')
    expect(await claims.createTemplate(instance(), JSON.parse(template))).toBe(200)
  }
})

test('migrations', async () => {
  const users = { id: 'user_1', createdAt: new Date(), privateMetadata: {}, unsafeMetadata: {} }
  const made = await migration.up({ ...users, publicMetadata: { plan: 'pro' } })
  expect(made).toEqual({ publicMetadata: { tier: 1 } })
  expect(await migration.down?.({ ...users, publicMetadata: { tier: 0 } })).toEqual({
    publicMetadata: { plan: 'free' },
  })
  const said: string[] = []
  const backend = createBackend(instance())
  await migrations.whatMigrated(backend, (await ada()).id, (text) => said.push(text))
  await migrations.progress(backend, (text) => said.push(text))
  expect(said).toEqual([])
})

test('history', async () => {
  const { id } = await ada()
  const backend = createBackend(instance())
  const { user } = await signedIn()
  await user?.updateMetadata({ unsafeMetadata: { theme: 'light' } })
  await backend.users.updateUser(id, { publicMetadata: { plan: 'pro' } })
  const said: string[] = []
  await history.whatChanged(backend, id, (text) => said.push(text))
  expect(said.slice(0, 2)).toEqual(['3: backend update of public_metadata', '2: frontend update of unsafe_metadata'])
  expect(said[2]).toMatch(/^1: server create of /)
  expect((await history.goBack(backend, id)).publicMetadata).toEqual({})
  expect(await ada()).toMatchObject({ publicMetadata: {}, unsafeMetadata: { theme: 'light' }, version: 4 })
})

test('finding users', async () => {
  const backend = createBackend({ ...instance(), metadata: foundBy })
  const ask = async (method: string, body?: object) => {
    const headers = { authorization: `Bearer ${acme.secretKey}`, 'content-type': 'application/json' }
    const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) }
    return (await fetch(`${acme.url}/v1/metadata_schemas`, sent)).json()
  }
  await ask('PUT', { schemas: {}, options: foundBy.options })
  while ((await ask('GET')).indexes.some(({ state }: { state: string }) => state !== 'ready')) {}
  const { id } = await ada()
  const info = vi.spyOn(console, 'log').mockImplementation(() => {})
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  const rows = [
    { id, customer: 'cus_1' },
    { id: 'user_nobody', customer: 'cus_2' },
  ]
  expect(await findUsers.changeMany(backend, rows)).toBe(1)
  expect([info.mock.lastCall, error.mock.lastCall]).toEqual([
    ['2 done, 1 refused'],
    ['user_nobody', 'resource_not_found'],
  ])
  info.mockRestore()
  error.mockRestore()
  expect((await findUsers.find(backend, 'cus_1'))?.id).toBe(id)
  await backend.users.updateUserMetadata(id, {
    publicMetadata: { plan: 'free', seats: 4 },
    privateMetadata: { trialEndsAt: '2026-01-31T00:00:00Z' },
  })
  expect(await findUsers.changeAll(backend)).toMatch(new RegExp(`^\\d+:${id}$`))
  await backend.users.updateUserMetadata(id, { publicMetadata: { plan: 'pro' } })
  const found: string[] = []
  const counts = await findUsers.ask(backend, (user) => found.push(user.id))
  expect(found).toEqual([id])
  expect(counts).toEqual({ ending: 1, totalCount: 1, onAPlan: 1, customers: 1 })
})

test('errors', async () => {
  const info = vi.spyOn(console, 'info').mockImplementation(() => {})
  const page = { ask: vi.fn(), say: vi.fn() }
  const { user } = await signedIn()
  if (!user) throw new Error('nobody is signed in')
  await save(user, 'light', page)
  expect((await ada()).unsafeMetadata).toMatchObject({ theme: 'light' })
  acme.fail({ path: '/v1/me/metadata', status: 422 })
  await save(user, 'dark', page)
  expect(page.say).toHaveBeenCalledWith(expect.stringContaining('asked for by the test'))
  acme.advance(8 * 24 * 3_600_000)
  await save(user, 'dark', page)
  expect(page.ask).toHaveBeenCalledOnce()
  expect(info.mock.calls.map(([url]) => new URL(`${url}`).hash)).toEqual(['#mock_failure', '#signed_out'])
  info.mockRestore()
})

test.each(['SQLite', 'PostgreSQL'])('running it on %s', async (which) => {
  const logged = vi.spyOn(console, 'log').mockImplementation(() => {})
  const postgres = which === 'PostgreSQL' ? await startPostgres() : undefined
  const storage = postgres ? await running.onPostgres(postgres.url) : running.onSqlite(':memory:')
  const secretKey = `sk_live_${'0'.repeat(64)}`
  const mails: string[] = []
  const live = await running.live(storage, {
    port: 0,
    publishableKey: running.liveKey(),
    secretKey,
    mailer: { send: async ({ text }) => void mails.push(text) },
  })
  const apiUrl = live.url.replace('0.0.0.0', '127.0.0.1')
  const { id } = await createBackend({ secretKey, apiUrl }).users.createUser({ username: 'grace' })
  const sendUp = { method: 'POST', headers: { origin: 'https://app.example.com' } }
  const call = async (path: string, fields: Record<string, string>, headers = {}) => {
    const request = new Request(`https://accounts.example.com/v1/client/${path}`, {
      ...sendUp,
      headers: { ...sendUp.headers, ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
    const response = await live.server.fetch(request)
    return { cookie: response.headers.getSetCookie().join('; '), json: await response.json() }
  }
  const begun = await call('sign_ups', { email_address: 'ada@example.com', password: 'correct horse battery' })
  const path = `sign_ups/${begun.json.response.id}/prepare_verification`
  await call(path, { strategy: 'email_code' }, { cookie: begun.cookie })
  expect(mails).toEqual([expect.stringMatching(/^Your code is \d{6}\. It is of use for ten minutes\.$/)])

  await live.server.addSecretKey(secretKey.replace('0', '1'))
  const newKey = await running.rotate(live.server, secretKey.replace('0', '1'))
  const { users } = createBackend({ secretKey: newKey, apiUrl })
  expect(await users.getUser(id)).toMatchObject({ username: 'grace' })
  const old = createBackend({ secretKey: secretKey.replace('0', '1'), apiUrl })
  await expect
    .poll(() =>
      old.users.getUser(id).then(
        () => 'in',
        ({ code }) => code,
      ),
    )
    .toBe('clerk_key_invalid')
  await live.close()
  await live.server.close()
  await postgres?.close()
  expect(logged).toHaveBeenCalled()
  logged.mockRestore()
})

/** The calls that a page about another service gives for that one's: the last column of its tables. */
function callsOf(page: string): string[] {
  const tables = page.split('\n\n').filter((part) => /^\|.*\| here \|$/m.test(part))
  const cells = tables.flatMap((table) => [...table.matchAll(/^\|.*\| `(.+)` \|$/gm)].map(([, call = '']) => call))
  return cells
}

const given = {
  secretKey: acme.secretKey,
  apiUrl: acme.url,
  publishableKey: acme.publishableKey,
  emailAddress: 'ada@example.com',
  password: 'correct horse battery',
  code: '424242',
}
const services = globSync('from/*.md', { cwd: pages }).map((file) => ({
  file,
  calls: callsOf(readFileSync(join(pages, file), 'utf8')),
}))

test.each(services)('every call of $file works, in the order of its tables', async ({ calls }) => {
  expect(calls.length).toBeGreaterThan(10)
  const { emailAddress, password } = given
  const { id: userId } = await acme.users.create({ username: 'grace_h', emailAddress: [emailAddress], password })
  await acme.signInAs(userId)
  const frontend = createFrontend<unknown>({ publishableKey: acme.publishableKey })
  await frontend.load()
  const isNew = calls.some((call) => call.includes('signUp.create'))
  const scope = {
    ...given,
    emailAddress: isNew ? 'new@example.com' : emailAddress,
    ...createBackend<unknown>(instance()),
    createBackend,
    createFrontend,
    acme: frontend,
    console: { log: () => {} },
    userId,
    token: await frontend.session?.getToken(),
  }
  for (const call of calls) {
    const run = new AsyncFunction(...Object.keys(scope), call)
    await run(...Object.values(scope)).catch((error: Error) => {
      throw new Error(`${call}: ${error.message}`)
    })
  }
})

/** What stands around code that is shown without its beginning. */
const world = `
declare global {
  const ${[...Object.keys(given), 'userId', 'token'].map((name) => `${name}: string`).join(', ')}
  const request: Request
}
`

test('every call of those tables compiles, and every piece of code of the packages’ READMEs', () => {
  const readmes = globSync('packages/{schema,frontend,backend,server}/README.md', { cwd: root }).map((file) => {
    const blocks = codeBlocks(readFileSync(join(root, file), 'utf8')).filter(({ language }) => language === 'ts')
    expect({ file, blocks: blocks.length }).toEqual({ file, blocks: 1 })
    return blocks.map(({ text }) => text).join('')
  })
  const calls = services.flatMap(({ calls }) => calls.map((call) => `{ ${call} }`))
  const tables = `
import { createBackend } from '@acme/backend'
import { createFrontend } from '@acme/frontend'
const { users, tokens } = createBackend<unknown>({})
const acme = createFrontend<unknown>({ publishableKey })
export async function calls() {
${calls.join('\n')}
}
`
  expect(problemsOf([...readmes, tables, world].map((text) => `${text}\nexport {}\n`))).toEqual([])
})

/** What the compiler has to say of modules that stand nowhere. */
function problemsOf(modules: readonly string[]): string[] {
  const texts = new Map(modules.map((text, index) => [join(root, `packages/docs/samples/virtual-${index}.ts`), text]))
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'packages/docs/tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic() {} },
  )
  const options = { ...config?.options, noEmit: true, noUnusedLocals: false }
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = (path) => texts.has(path) || fileExists(path)
  host.getSourceFile = (path, ...rest) => {
    const text = texts.get(path)
    return text === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  }
  const program = ts.createProgram([...texts.keys()], options, host)
  return [...texts.keys()].flatMap((file) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  )
}
