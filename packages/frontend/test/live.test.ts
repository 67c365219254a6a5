import { formatPublishableKey } from '@acme/schema'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { createFrontend } from '../src/index.ts'
import { liveUpdates } from '../src/live/index.ts'

let instances = 0

const userJson = (version: number) => ({
  id: 'user_1',
  object: 'user',
  public_metadata: { version },
  unsafe_metadata: {},
  created_at: 1,
  updated_at: version,
  version,
})

/** A stream that was opened. */
interface Stream {
  readonly query: URLSearchParams
  isOpen: boolean
  say(text: string): void
  end(): void
}

/** A server that is a part of the test, reached by any number of tabs of one browser. */
function newSite() {
  instances++
  const publishableKey = formatPublishableKey({ instanceType: 'test', host: `site-${instances}.example.com` })
  const site = {
    publishableKey,
    /** The version of the user; undefined while nobody is signed in. */
    version: 1 as number | undefined,
    streams: [] as Stream[],
    requests: [] as string[],
    /** What is answered to who asks for a stream. */
    answer: undefined as (() => Response) | undefined,
    open: () => site.streams.filter(({ isOpen }) => isOpen),
    say(version: number) {
      site.version = version
      for (const stream of site.open())
        stream.say(`id: ${version}\nevent: user\ndata: ${JSON.stringify(userJson(version))}\n\n`)
    },
    openTab() {
      const tab = createFrontend<unknown>({ publishableKey, fetch: site.fetch, live: liveUpdates })
      // Listening, as a provider does.
      const end = tab.subscribe(() => {})
      onTestFinished(end)
      return { tab, end }
    },
    async fetch(request: Request): Promise<Response> {
      const url = new URL(request.url)
      site.requests.push(url.pathname)
      if (url.pathname === '/v1/me/events') return site.answer?.() ?? stream(request, url)
      if (url.pathname.endsWith('/tokens')) return Response.json({ object: 'token', jwt: `${site.requests.length}` })
      const session = { id: 'sess_1', status: 'active', expire_at: 9, user: userJson(site.version ?? 0) }
      const client = { id: 'client_1', sessions: site.version === undefined ? [] : [session], updated_at: 1 }
      if (url.pathname.endsWith('/remove')) return Response.json({ response: session, client: { id: 'client_1' } })
      return Response.json({ response: client, client: null })
    },
  }

  function stream(request: Request, url: URL): Response {
    let controller!: ReadableStreamDefaultController<Uint8Array>
    const one: Stream = {
      query: url.searchParams,
      isOpen: true,
      say: (text) => controller.enqueue(new TextEncoder().encode(text)),
      end() {
        one.isOpen = false
        controller.close()
      },
    }
    const close = () => {
      one.isOpen = false
    }
    const start = (own: typeof controller) => {
      controller = own
    }
    request.signal.addEventListener('abort', close)
    site.streams.push(one)
    return new Response(new ReadableStream({ start, cancel: close }))
  }
  return site
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Lets everything that is due at once come about. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 50))

test('a stream is held from the load to the last who listens, and names session and version', async () => {
  const site = newSite()
  const { tab, end } = site.openTab()
  await settle()
  expect(site.streams).toHaveLength(0)
  await tab.load()
  await expect.poll(() => site.open()).toHaveLength(1)
  expect(Object.fromEntries(site.streams[0]?.query ?? [])).toEqual({
    _clerk_session_id: 'sess_1',
    acme_last_event_id: '1',
  })
  // As StrictMode and routers do.
  const endOther = tab.subscribe(() => {})
  end()
  endOther()
  const endLast = tab.subscribe(() => {})
  await settle()
  expect(site.streams).toHaveLength(1)
  endLast()
  await expect.poll(() => site.open()).toHaveLength(0)
  await settle()
  expect(site.streams).toHaveLength(1)
})

test('what the stream says is taken over, in whatever pieces it comes, and older news is not', async () => {
  const site = newSite()
  const { tab } = site.openTab()
  await tab.load()
  await expect.poll(() => site.open()).toHaveLength(1)
  const [stream] = site.streams
  const event = `:\nretry: 3000\n\nid: 3\nevent: user\ndata: ${JSON.stringify(userJson(3))}\n\n:\n\nevent: other\ndata: 1\n\n`
  for (const character of event) stream?.say(character)
  await expect.poll(() => tab.user?.version).toBe(3)
  expect(Object.isFrozen(tab.user?.publicMetadata)).toBe(true)
  const { user } = tab
  site.say(2)
  await settle()
  expect(tab.user).toBe(user)
})

test('signing out and the end of a session end the stream; the end shows without a call', async () => {
  const site = newSite()
  const { tab } = site.openTab()
  await tab.load()
  await expect.poll(() => site.open()).toHaveLength(1)
  await tab.signOut()
  await expect.poll(() => site.open()).toHaveLength(0)
  await tab.reload()
  await expect.poll(() => site.open()).toHaveLength(1)
  site.version = undefined
  site.open()[0]?.say('event: user\ndata: null\n\n')
  await expect.poll(() => tab.session).toBeNull()
  await expect.poll(() => site.open()).toHaveLength(0)
  const before = site.requests.length
  await settle()
  expect(site.requests).toHaveLength(before)
})

test('a session that is over before the stream begins ends by one look at what is true', async () => {
  const site = newSite()
  const { tab } = site.openTab()
  site.answer = () => {
    site.version = undefined
    return Response.json({ errors: [{ code: 'signed_out', message: '' }] }, { status: 401 })
  }
  await tab.load()
  await expect.poll(() => tab.session).toBeNull()
  await settle()
  expect(site.requests).toEqual(['/v1/client', '/v1/me/events', '/v1/client'])
})

test('of three tabs one holds the stream and all are current; when it goes, another takes over', async () => {
  const site = newSite()
  const tabs = [site.openTab(), site.openTab(), site.openTab()] as const
  for (const { tab } of tabs) await tab.load()
  await expect.poll(() => site.open()).toHaveLength(1)
  const before = site.requests.length
  site.say(2)
  for (const { tab } of tabs) await expect.poll(() => tab.user?.version).toBe(2)
  expect(Object.isFrozen(tabs[2].tab.user?.publicMetadata)).toBe(true)
  // None of them had to ask.
  expect(site.requests).toHaveLength(before)
  tabs[0].end()
  await expect.poll(() => site.streams.length).toBe(2)
  expect(site.open()).toHaveLength(1)
  site.say(3)
  await expect.poll(() => [tabs[1].tab.user?.version, tabs[2].tab.user?.version]).toEqual([3, 3])
  expect(tabs[0].tab.user?.version).toBe(2)
})

test('without locks each tab holds a stream of its own', async () => {
  vi.stubGlobal('navigator', {})
  const site = newSite()
  const tabs = [site.openTab(), site.openTab()]
  for (const { tab } of tabs) await tab.load()
  await expect.poll(() => site.open()).toHaveLength(2)
  site.say(2)
  for (const { tab } of tabs) await expect.poll(() => tab.user?.version).toBe(2)
})

test('a token is renewed by the first call after the user has changed', async () => {
  const site = newSite()
  const { tab } = site.openTab()
  await tab.load()
  await expect.poll(() => site.open()).toHaveLength(1)
  const token = await tab.session?.getToken()
  expect(await tab.session?.getToken()).toBe(token)
  site.say(2)
  await expect.poll(() => tab.user?.version).toBe(2)
  const renewed = await tab.session?.getToken()
  expect(renewed).not.toBe(token)
  expect(await tab.session?.getToken()).toBe(renewed)
})

test('a tab that begins to look asks the one that holds the stream for what it has missed', async () => {
  const site = newSite()
  const [holder, late] = [site.openTab(), site.openTab()]
  await holder.tab.load()
  await expect.poll(() => site.open()).toHaveLength(1)
  site.say(2)
  await expect.poll(() => holder.tab.user?.version).toBe(2)
  site.version = 1
  await late.tab.load()
  await expect.poll(() => late.tab.user?.version).toBe(2)
  expect(site.streams).toHaveLength(1)
})

test('a page that is hidden for long holds no stream, and one that looks away for a moment does', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  vi.stubGlobal('document', page)
  const show = (state: string) => {
    page.visibilityState = state
    page.dispatchEvent(new Event('visibilitychange'))
  }
  const site = newSite()
  const { tab } = site.openTab()
  await tab.load()
  await vi.waitUntil(() => site.open().length === 1)
  show('hidden')
  await vi.advanceTimersByTimeAsync(4_000)
  show('visible')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(site.streams.map(({ isOpen }) => isOpen)).toEqual([true])
  show('hidden')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(site.open()).toHaveLength(0)
  expect(site.streams).toHaveLength(1)
  site.version = 7
  show('visible')
  await vi.waitUntil(() => site.open().length === 1)
  site.say(7)
  await vi.waitUntil(() => tab.user?.version === 7)
})

test('a page that slept takes a new stream, since nobody has told it what became of the old one', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const page = Object.assign(new EventTarget(), { visibilityState: 'hidden' })
  vi.stubGlobal('document', page)
  const show = (state: string) => {
    page.visibilityState = state
    page.dispatchEvent(new Event('visibilitychange'))
  }
  const site = newSite()
  const { tab } = site.openTab()
  await tab.load()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(site.streams).toHaveLength(0)
  show('visible')
  await vi.waitUntil(() => site.open().length === 1)
  show('hidden')
  vi.setSystemTime(Date.now() + 60_000)
  show('visible')
  await vi.waitUntil(() => site.streams.length === 2)
  await vi.waitUntil(() => site.open().length === 1)
  expect(site.streams[1]?.isOpen).toBe(true)
})

test('a stream that fails is asked for again, more and more seldom, at random, and as the server wishes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const site = newSite()
  const { tab } = site.openTab()
  site.answer = () => Response.error()
  await tab.load()
  await vi.advanceTimersByTimeAsync(120_000)
  const tries = () => site.requests.filter((path) => path === '/v1/me/events').length
  expect(tries()).toBeGreaterThan(5)
  expect(tries()).toBeLessThan(60)
  site.answer = () => new Response(null, { status: 503, headers: { 'retry-after': '300' } })
  await vi.advanceTimersByTimeAsync(30_000)
  const before = tries()
  await vi.advanceTimersByTimeAsync(270_000)
  expect(tries()).toBe(before)
  site.answer = undefined
  await vi.advanceTimersByTimeAsync(60_000)
  expect(site.open()).toHaveLength(1)
})

test('a stream that has fallen silent is given up for a new one', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const site = newSite()
  const { tab } = site.openTab()
  await tab.load()
  await vi.waitUntil(() => site.open().length === 1)
  for (let beat = 0; beat < 5; beat++) {
    await vi.advanceTimersByTimeAsync(20_000)
    site.open()[0]?.say(':\n\n')
  }
  expect(site.streams).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(site.streams.map(({ isOpen }) => isOpen)).toEqual([false, true])
})

test('a server that knows no such stream is not asked again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const site = newSite()
  const { tab } = site.openTab()
  site.answer = () => Response.json({ errors: [] }, { status: 404 })
  await tab.load()
  await vi.advanceTimersByTimeAsync(600_000)
  expect(site.requests).toEqual(['/v1/client', '/v1/me/events'])
  expect(tab.user?.version).toBe(1)
})
