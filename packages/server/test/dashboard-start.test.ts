import { expect, onTestFinished, test } from 'vitest'
import { type StartOptions, startServer } from '../src/node/start-server.ts'
import { newFolder } from './command-line-setup.ts'

async function start(options: StartOptions = {}) {
  const server = await startServer({ port: 0, directory: await newFolder(), ...options })
  onTestFinished(() => server.close())
  return server
}

const codeOf = (link: string) => new URL(link).hash.replace('#code=', '')

test('a link signs in once, over a socket as well, and has the key nowhere in it', async () => {
  const server = await start()
  const link = await server.createDashboardLink()
  expect(link).toMatch(new RegExp(`^${server.url}/dashboard/#code=[\\w-]{12}\\.[\\w-]{43}$`))
  expect(link).not.toContain(server.secretKey.slice(8))
  const signIn = () =>
    fetch(`${server.dashboardUrl}/session`, {
      method: 'POST',
      headers: { origin: server.url, 'content-type': 'application/json' },
      body: JSON.stringify({ code: codeOf(link) }),
    })
  const first = await signIn()
  const { proof } = await first.json()
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
  const asked = await fetch(`${server.dashboardUrl}/v1/users/count`, { headers: { cookie, 'x-acme-proof': proof } })
  expect(await asked.json()).toEqual({ object: 'total_count', total_count: 0 })
  const created = await fetch(`${server.dashboardUrl}/v1/users`, {
    method: 'POST',
    headers: { cookie, 'x-acme-proof': proof, origin: server.url, 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'ada_lovelace' }),
  })
  expect([created.status, (await created.json()).username]).toEqual([200, 'ada_lovelace'])
  expect((await signIn()).status).toBe(401)
})

test('a live instance has no links that sign in', async () => {
  const server = await start({
    publishableKey: `pk_live_${btoa('accounts.example.com$')}`,
    sendCode: async () => {},
  })
  await expect(server.createDashboardLink()).rejects.toThrow('only a test instance')
})

test('nor has a test instance that others reach', async () => {
  const server = await start({ hostname: '0.0.0.0', exposeTestInstance: true })
  await expect(server.createDashboardLink()).rejects.toThrow('this machine alone')
})

test('without a dashboard there is nothing at its path', async () => {
  const server = await start({ dashboard: false })
  expect(server.dashboardUrl).toBeUndefined()
  expect((await fetch(`${server.url}/dashboard`)).status).toBe(404)
  expect((await fetch(`${server.url}/dashboard/session`)).status).toBe(404)
  await expect(server.createDashboardLink()).rejects.toThrow('no dashboard')
})
