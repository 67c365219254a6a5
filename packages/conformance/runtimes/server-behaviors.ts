import { liveUpdates } from '@acme/frontend/live'
import { formatPublishableKey } from '@acme/schema'
import { createServer, type Server, type ServerOptions } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { assertEqual, until } from './assert.ts'
import type { Behavior } from './behavior.ts'
import { signUp } from './visitor.ts'

const publishableKey = formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:1' })
const secretKey = 'sk_test_0123456789'

interface Own {
  readonly server: Server
  /** Asks the Backend API. */
  call(method: string, path: string, body?: object): Promise<{ readonly [name: string]: unknown }>
}

/** Makes a server in this runtime. */
async function open(options: Partial<ServerOptions> = {}): Promise<Own> {
  const server = await createServer({
    storage: createMemoryStorage(),
    publishableKey,
    secretKeys: [secretKey],
    ...options,
  })
  return {
    server,
    async call(method, path, body) {
      const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' }
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
      return (await server.fetch(new Request(`http://127.0.0.1:1/v1/${path}`, init))).json()
    },
  }
}

/** Its own pages, which have no cookies: requests that never leave the runtime get none. */
const join = (server: Server, options: object = {}) =>
  signUp({ publishableKey }, { fetch: (request) => server.fetch(request), ...options }, true)

const runs: Readonly<Record<string, Behavior['run']>> = {
  async 'answers both APIs from memory'() {
    const { server, call } = await open()
    const { acme } = await join(server)
    const id = `${acme.user?.id}`
    await call('PATCH', `users/${id}/metadata`, { public_metadata: { plan: 'pro' }, private_metadata: { a: 1 } })
    await acme.reload()
    assertEqual(acme.user?.publicMetadata, { plan: 'pro' })
    const { private_metadata, unsafe_metadata } = await call('GET', `users/${id}`)
    assertEqual([private_metadata, unsafe_metadata], [{ a: 1 }, { theme: 'light' }])
    await server.close()
  },
  async 'keeps a page current by a stream'() {
    const { server, call } = await open()
    const { acme } = await join(server, { live: liveUpdates })
    const end = acme.subscribe(() => {})
    await until(() => server.openStreams === 1, 'the page has its stream')
    await call('PATCH', `users/${acme.user?.id}/metadata`, { public_metadata: { plan: 'pro' } })
    await until(() => acme.user?.publicMetadata.plan === 'pro', 'the change shows')
    end()
    await until(() => server.openStreams === 0, 'the stream ends')
    await server.close()
  },
  async 'sends webhooks that are signed'() {
    const sent: (string | null)[] = []
    const { server, call } = await open({
      webhooks: {
        async fetch({ headers }) {
          sent.push(headers.get('webhook-signature'))
          return new Response()
        },
      },
    })
    await call('POST', 'webhook_endpoints', { url: 'https://app.example.com/hooks' })
    await call('POST', 'users', { username: 'ada_l' })
    await server.deliverWebhooks()
    await server.close()
    assertEqual(
      sent.map((signature) => /^v1,.{44}/.test(`${signature}`)),
      [true],
    )
  },
}

/** What the handler of `@acme/server` does wherever it runs. */
export const serverBehaviors: readonly Behavior[] = Object.entries(runs).map(([title, run]) => ({
  part: 'server',
  title,
  run,
}))
