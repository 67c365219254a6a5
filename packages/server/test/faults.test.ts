import { expect, onTestFinished, test } from 'vitest'
import { createPbkdf2Passwords, type ServerOptions } from '../src/index.ts'
import { faultJson, faultLines, logJson, logLine } from '../src/node/log-line.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import type { Storage } from '../src/storage/storage.ts'
import { StorageError } from '../src/storage/storage-error.ts'
import { newBrowser, secretKey, sendBackend, startServer } from './setup.ts'

/** An error as a driver or an app throws it: its words quote what it was about. */
function quotingError(): Error {
  const cause = new Error('at canary (value "canary")\n    at canary', { cause: new Error('canary of the cause') })
  return Object.assign(new Error('canary: duplicate key (email)=(canary@example.com)', { cause }), {
    detail: 'canary',
    code: 'canary value',
    query: 'canary',
  })
}

/** A server of which one part fails once it is told to, and what its log says in both forms. */
async function startFailing(part: (fails: () => boolean) => Partial<ServerOptions>) {
  let isFailing = false
  const lines: string[] = []
  const texts: string[] = []
  const server = await startServer({
    ...part(() => isFailing),
    log(entry) {
      lines.push(logJson(entry, new Date()))
      texts.push(logLine(entry))
    },
    onFault(fault) {
      lines.push(faultJson(fault, new Date()))
      texts.push(faultLines(fault))
    },
  })
  onTestFinished(() => server.close())
  return {
    server,
    fail: () => {
      isFailing = true
    },
    texts,
    lines,
    // biome-ignore lint/suspicious/noExplicitAny: tests look into lines of every shape
    faults: (): any[] => lines.map((line) => JSON.parse(line)).filter((line) => line.fault),
  }
}

/** A storage of which one method fails. */
function failingStorage(
  fails: () => boolean,
  name: 'transact' | 'listUsers' | 'listDeliveries' | 'barrier',
  error: () => Error = quotingError,
): { readonly storage: Storage } {
  const storage = createMemoryStorage()
  const either = (...asked: unknown[]) =>
    fails() ? Promise.reject(error()) : Reflect.apply(storage[name], storage, asked)
  return { storage: { ...storage, [name]: either } }
}

const passwords = createPbkdf2Passwords({ iterations: 1 })
const person = { username: 'somebody', password: 'canary of a password', private_metadata: { canary: 'canary' } }

/** What fails, whose fault it is, and what brings it about. */
const places: Record<
  string,
  {
    part(fails: () => boolean): Partial<ServerOptions>
    provoke(server: Awaited<ReturnType<typeof startServer>>): Promise<unknown>
    status?: number
    code?: string
  }
> = {
  'a database that is full': {
    part: (fails) => failingStorage(fails, 'transact', () => new StorageError('full', quotingError())),
    provoke: (server) => sendBackend(server, 'POST', '/v1/users', person),
    status: 507,
    code: 'full',
  },
  'a driver that fails in a way of its own': {
    part: (fails) => failingStorage(fails, 'listUsers'),
    provoke: (server) => sendBackend(server, 'GET', '/v1/users?query=canary'),
    status: 500,
  },
  'a password that cannot be computed': {
    part: (fails) => ({
      passwords: { ...passwords, hash: (text) => (fails() ? Promise.reject(quotingError()) : passwords.hash(text)) },
    }),
    provoke: (server) => sendBackend(server, 'POST', '/v1/users', person),
    status: 500,
  },
  'a mail of a sign-up that cannot be sent': {
    part: () => ({ sendCode: () => Promise.reject(quotingError()) }),
    async provoke(server) {
      const browser = newBrowser(server)
      const given = { email_address: 'canary@example.com', password: 'canary of a password' }
      const { json } = await browser.send('POST', '/v1/client/sign_ups', given)
      const path = `/v1/client/sign_ups/${json.response.id}/prepare_verification`
      await browser.send('POST', path, { strategy: 'email_code' })
    },
    status: 500,
  },
  'a mail of a sign-in that cannot be sent': {
    part: () => ({ sendCode: () => Promise.reject(quotingError()) }),
    async provoke(server) {
      await sendBackend(server, 'POST', '/v1/users', { ...person, email_address: ['canary@example.com'] })
      const browser = newBrowser(server)
      const { json } = await browser.send('POST', '/v1/client/sign_ins', { identifier: 'canary@example.com' })
      const path = `/v1/client/sign_ins/${json.response.id}/prepare_first_factor`
      await browser.send('POST', path, { strategy: 'email_code' })
    },
  },
  'webhooks that cannot be looked for': {
    part: (fails) => ({
      ...failingStorage(fails, 'listDeliveries'),
      webhooks: { fetch: () => Promise.reject(quotingError()) },
    }),
    async provoke(server) {
      await sendBackend(server, 'POST', '/v1/webhook_endpoints', { url: 'https://app.example/canary' })
      await sendBackend(server, 'POST', '/v1/users', { username: 'somebody' })
      await server.deliverWebhooks()
    },
  },
  'a job that fails': {
    part: (fails) => failingStorage(fails, 'barrier'),
    async provoke(server) {
      const schemas = { public: { type: 'object', properties: { canary: { const: 'canary' } } } }
      await sendBackend(server, 'POST', '/v1/metadata_schemas/check', { schemas })
      await server.runJobs()
    },
  },
}

test.each(Object.entries(places))('the log tells of %s: where and by what, and no value', async (_, place) => {
  const { server, fail, faults, lines, texts } = await startFailing(place.part)
  fail()
  await place.provoke(server)
  const [line] = faults()
  expect(line).toMatchObject(place.status ? { level: 'error', status: place.status } : { event: 'background_fault' })
  let depth = 0
  for (let { fault } = line; fault; fault = fault.cause) {
    depth++
    expect(fault.name).toMatch(/^\w+$/)
    expect(fault.frames.length).toBeGreaterThan(0)
    for (const frame of fault.frames) expect(frame).toMatch(/^at /)
  }
  // The error and its two causes, and that of the storage around them.
  expect(depth).toBe(place.code ? 4 : 3)
  if (place.code) expect(line.fault.code).toBe(place.code)
  for (const line of [...lines, ...texts].map((text) => text.replace(/"path":"[^"]*"/, ''))) {
    expect(line).not.toMatch(/canary/i)
    expect(line).not.toContain(secretKey)
  }
})
