import { createReadStream, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { needSite } from './need-site.ts'

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
}

/** What is below this path is the site's. */
const base = '/docs/'

/**
 * Makes a listener that answers what is below `/docs/` by the built site, which is built by the first request that
 * finds it missing or out of date, and hands on everything else.
 */
export function serveSite(): (request: IncomingMessage, response: ServerResponse, next: () => void) => void {
  let building: Promise<string> | undefined
  return async (request, response, next) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/docs') return void response.writeHead(302, { location: base }).end()
    if (!pathname.startsWith(base)) return next()
    try {
      building ??= needSite()
      const site = await building
      const found = findFile(site, pathname.slice(base.length - 1))
      const file = found ?? join(site, '404.html')
      response.writeHead(found ? 200 : 404, { 'content-type': types[extname(file)] ?? 'application/octet-stream' })
      createReadStream(file).pipe(response)
    } catch (error) {
      // Tried again by the next request.
      building = undefined
      response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' }).end(`${(error as Error).message}\n`)
    }
  }
}

/** The file of a path, with or without its `.html`; never one outside of the site. */
function findFile(site: string, pathname: string): string | undefined {
  if (!/^\/[\w./@-]*$/.test(pathname)) return undefined
  const path = join(site, normalize(pathname))
  return [path, `${path}.html`, join(path, 'index.html')].find((file) =>
    statSync(file, { throwIfNoEntry: false })?.isFile(),
  )
}
