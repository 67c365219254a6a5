import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createApp as createExpressApp } from '../docs/express.ts'
import { createApp as createHonoApp } from '../docs/hono.ts'
import { createRoutes } from '../docs/next-route.ts'
import worker from '../docs/worker.ts'
import { type Instance, page, secretKey, startInstance } from './start-instance.ts'

type App = (request: Request) => Response | Promise<Response>

const apps: Record<string, (instance: Instance) => App | Promise<App>> = {
  async Express({ backend }) {
    const server = createExpressApp(backend, [page]).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    return (request) => fetch(new Request(request.url.replace(page, `http://127.0.0.1:${port}`), request))
  },
  Hono({ backend }) {
    const app = createHonoApp(backend, [page])
    return (request) => app.fetch(request)
  },
  Next({ backend }) {
    const { me, upgrade } = createRoutes(backend, [page])
    return (request) => (request.url.endsWith('/me') ? me.GET(request) : upgrade.POST(request))
  },
  'a worker'({ fetch: answer }) {
    const { fetch } = globalThis
    onTestFinished(() => void Object.assign(globalThis, { fetch }))
    globalThis.fetch = async (...input) => answer(new Request(...input))
    const env = { ACME_SECRET_KEY: secretKey, ACME_API_URL: 'https://clerk.example.com', PAGE_ORIGIN: page }
    return (request) => worker.fetch(request, env)
  },
}

test.each(Object.entries(apps))('the example for %s knows its users', async (_, start) => {
  const instance = await startInstance()
  const app = await start(instance)
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    app(new Request(page + path, { method, headers }))
  const cookie = `__session=${instance.token}`

  const nobody = await ask('GET', '/me')
  expect([nobody.status, await nobody.json()]).toEqual([401, { error: 'token_missing' }])
  const stranger = await ask('POST', '/upgrade', { cookie, origin: 'https://evil.example' })
  expect([stranger.status, await stranger.json()]).toEqual([401, { error: 'origin_refused' }])

  const me = await (await ask('GET', '/me', { authorization: `Bearer ${instance.token}` })).json()
  expect(me).toMatchObject({ id: instance.userId, publicMetadata: { plan: 'free' } })
  const upgraded = await (await ask('POST', '/upgrade', { cookie, origin: page })).json()
  expect(upgraded).toMatchObject({ id: instance.userId, publicMetadata: { plan: 'pro' } })
  // What a user becomes as JSON holds nothing private.
  expect(JSON.stringify([me, upgraded])).not.toContain('secret')
})
