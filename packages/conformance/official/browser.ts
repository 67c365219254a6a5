import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright'
import { build, type Rolldown } from 'vite'
import type { Place } from '../place.ts'
import type { PageClient } from './clients.ts'

/** Pages of one origin that hold both clients of the Frontend API, in chromium. */
export interface Pages {
  /** Opens a page in a browser of its own. */
  open(): Promise<Page>
  close(): Promise<void>
}

/** A chromium without a window. */
export interface Chromium {
  /** Opens an address in a browser of its own. */
  open(address: string): Promise<Page>
  close(): Promise<void>
}

/** What a chromium is started with besides the usual. */
export interface ChromiumOptions {
  readonly args?: readonly string[] | undefined
  /** Whether it takes certificates that nobody vouches for. @default false */
  readonly trusts?: boolean | undefined
}

/** Starts chromium. */
export async function startChromium({ args = [], trusts = false }: ChromiumOptions = {}): Promise<Chromium> {
  const browser = await chromium.launch({
    executablePath: `${process.env['CHROMIUM_PATH']}`,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      ...args,
    ],
  })
  return {
    async open(address) {
      const context = await browser.newContext({ ignoreHTTPSErrors: trusts })
      const page = await context.newPage()
      // The machine may be busy, and a megabyte of components is compiled for each page.
      page.setDefaultTimeout(60_000)
      await page.goto(address)
      return page
    },
    close: () => browser.close(),
  }
}

/** A site of one page. */
export interface Site {
  readonly origin: string
  close(): void
}

/** Bundles what runs in a page, a file of a folder, and serves it on a loopback origin. */
export async function servePage(folder: URL, entry: string): Promise<Site> {
  const root = fileURLToPath(folder)
  const built = (await build({
    root,
    logLevel: 'error',
    configFile: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', development: false } },
    resolve: { conditions: ['@acme/source', 'module', 'browser', 'production'] },
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name: 'page' } },
  })) as Rolldown.RolldownOutput[]
  const script = built[0]?.output[0].code ?? ''
  const server = createServer(({ url }, response) => {
    const isScript = url === '/page.js'
    response.setHeader('content-type', `text/${isScript ? 'javascript' : 'html'}; charset=utf-8`)
    response.end(isScript ? script : '<!doctype html><body><script src="/page.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Serves the page of both clients, and starts chromium. */
export async function openPages(): Promise<Pages> {
  const site = await servePage(new URL('.', import.meta.url), 'page.tsx')
  const started = await startChromium()
  return {
    open: () => started.open(site.origin),
    async close() {
      await started.close()
      site.close()
    },
  }
}

/** A client in a page, driven from here. */
export async function drive(page: Page, name: 'own' | 'official', place: Place): Promise<PageClient> {
  const { publishableKey, url: proxyUrl } = place
  await page.evaluate(
    ([name, options]) => {
      const { clients } = globalThis as unknown as { clients: Record<string, (options: object) => unknown> }
      Object.assign(globalThis, { client: clients[name]?.(options) })
    },
    [name, { publishableKey, proxyUrl }] as const,
  )
  return new Proxy({} as PageClient, {
    get: (_, method: string) =>
      method === 'then'
        ? undefined
        : (...values: unknown[]) =>
            page.evaluate(
              ([method, values]) => {
                const { client } = globalThis as unknown as {
                  client: Record<string, (...values: unknown[]) => unknown>
                }
                return client[method]?.(...values)
              },
              [method, values] as const,
            ),
  })
}
