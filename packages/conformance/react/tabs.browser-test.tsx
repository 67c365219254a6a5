import { createFrontend, type Frontend, fetchWithoutCookies } from '@acme/frontend'
import { useUser } from '@acme/frontend/react'
import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer, type Server } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Metadata, show, until } from './page.tsx'

/** An instance in this page, and the requests that it got. */
interface Site {
  readonly publishableKey: string
  readonly server: Server
  readonly requests: string[]
}

async function newSite(host: string): Promise<Site> {
  const publishableKey = formatPublishableKey({ instanceType: 'test', host })
  const storage = createMemoryStorage()
  const passwords = createPbkdf2Passwords({ iterations: 1 })
  const server = await createServer({ storage, publishableKey, secretKeys: [secretKey], passwords })
  return { publishableKey, server, requests: [] }
}

const secretKey = 'sk_test_0123456789'
const shown: { unmount(): void }[] = []
let site: Site

beforeEach(async () => {
  site = await newSite('127.0.0.1:1')
})

afterEach(() => {
  for (const tab of shown.splice(0)) tab.unmount()
})

function Who() {
  const { isLoaded, user } = useUser<Metadata>()
  return <p>{!isLoaded ? 'loading' : user ? `${user.username} ${user.unsafeMetadata.theme ?? ''}` : 'nobody'}</p>
}

/** What a browser keeps of an instance; its tabs share it. */
type Jar = Map<string, string>

/** Opens a tab of a browser. */
function openTab({ publishableKey, server, requests }: Site, jar: Jar) {
  const store = {
    get: () => jar.get(publishableKey) ?? null,
    set: (token: string) => void jar.set(publishableKey, token),
  }
  const frontend: Frontend<Metadata> = createFrontend<Metadata>({
    publishableKey,
    fetch: fetchWithoutCookies(store, (request) => {
      requests.push(`${request.method} ${new URL(request.url).pathname}`)
      return server.fetch(request)
    }),
  })
  const tab = show(<Who />, { frontend })
  shown.push(tab)
  return tab
}

async function signedIn({ publishableKey, server }: Site, username: string): Promise<Jar> {
  const [id = ''] = await server.createUsers([{ username }])
  return new Map([[publishableKey, await server.signIn(id)]])
}

/** Asks the Backend API. */
async function ask({ server }: Site, method: string, path: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${secretKey}` }
  return (await server.fetch(new Request(`http://127.0.0.1:1/v1/${path}`, { method, headers }))).json()
}

/** Long enough for what tabs have to say to each other. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 300))

test('tabs with other sessions, and of other instances, do not ask anything because of each other', async () => {
  const other = await newSite('127.0.0.1:2')
  const [ada, bea, cid] = [
    openTab(site, await signedIn(site, 'ada')),
    openTab(site, await signedIn(site, 'bea')),
    openTab(other, await signedIn(other, 'cid')),
  ] as const
  await until(ada.element, /^ada /)
  await until(bea.element, /^bea /)
  await until(cid.element, /^cid /)
  await settle()
  expect([site.requests, other.requests]).toEqual([['GET /v1/client', 'GET /v1/client'], ['GET /v1/client']])
  for (const { frontend } of [ada, bea, cid]) await frontend.user?.updateMetadata({ unsafeMetadata: { theme: 'dark' } })
  // What others say meanwhile, a page on which nobody is signed in would ask about once.
  await settle()
  await ada.frontend.signOut()
  await settle()
  // Each write, the sign-out, and nothing else.
  expect([site.requests.length, other.requests.length]).toEqual([5, 2])
  await until(bea.element, 'bea dark')
})

test('three tabs of one browser follow each other, by one read for each change', async () => {
  const jar = await signedIn(site, 'ada')
  const tabs = [openTab(site, jar), openTab(site, jar), openTab(site, jar)] as const
  for (const { element } of tabs) await until(element, /^ada /)
  await settle()
  expect(site.requests).toHaveLength(3)
  await tabs[0].frontend.user?.updateMetadata({ unsafeMetadata: { theme: 'dark' } })
  for (const { element } of tabs) await until(element, 'ada dark')
  await settle()
  expect(site.requests.slice(3)).toEqual(['POST /v1/me/metadata', 'GET /v1/client', 'GET /v1/client'])
  await tabs[1].frontend.signOut()
  for (const { element } of tabs) await until(element, /^nobody$/)
  await settle()
  expect(site.requests).toHaveLength(9)
})

test('a tab on which nobody is signed in follows a sign-in in another, and asks once about a browser that is not its own', async () => {
  const jar: Jar = new Map()
  const [one, two] = [openTab(site, jar), openTab(site, jar)]
  const alone = openTab(site, new Map())
  for (const { element } of [one, two, alone]) await until(element, /^nobody$/)
  await one.frontend.signUp.create({ username: 'ada', password: 'correct horse battery' })
  for (const { element } of [one, two]) await until(element, /^ada /)
  await settle()
  await one.frontend.user?.updateMetadata({ unsafeMetadata: { theme: 'dark' } })
  await until(two.element, 'ada dark')
  await one.frontend.user?.updateMetadata({ unsafeMetadata: { theme: 'light' } })
  await until(two.element, 'ada light')
  await settle()
  expect(alone.element.textContent).toBe('nobody')
  // Three loads; the sign-up and what it made two tabs ask; two writes, each followed by one tab.
  expect(site.requests).toHaveLength(3 + 3 + 2 * 2)
})

test.each([
  [
    'revoked',
    async (id: string) => {
      const [session] = (await ask(site, 'GET', `sessions?user_id=${id}`)) as { id: string }[]
      await ask(site, 'POST', `sessions/${session?.id}/revoke`)
    },
  ],
  ['of a user who was banned', (id: string) => ask(site, 'POST', `users/${id}/ban`)],
  ['of a user who was deleted', (id: string) => ask(site, 'DELETE', `users/${id}`)],
])('a session that was %s is over in every tab as soon as one call shows it', async (_, end) => {
  const jar = await signedIn(site, 'ada')
  const [one, two] = [openTab(site, jar), openTab(site, jar)]
  for (const { element } of [one, two]) await until(element, /^ada /)
  // What they said when they were loaded would be news after the end.
  await settle()
  await end(one.frontend.user?.id ?? '')
  const { user, session } = one.frontend
  const before = site.requests.length
  const calls = [user?.reload(), user?.updateMetadata({ unsafeMetadata: {} }), session?.getToken(), user?.reload()]
  for (const result of await Promise.allSettled(calls)) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'signed_out' } })
  }
  for (const { element } of [one, two]) await until(element, /^nobody$/)
  await settle()
  // Four calls, one look at what is true, and one by the other tab.
  expect(site.requests.length - before).toBe(6)
})
