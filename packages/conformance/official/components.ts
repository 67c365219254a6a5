import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A site whose page loads Clerk's prebuilt components, as an app's page does. */
export interface ComponentSite {
  readonly origin: string
  close(): void
}

/** The packages whose scripts the page asks for. */
const packages: ReadonlySet<string> = new Set(['clerk-js', 'ui'])

/** Serves a page with an element for a component, and the scripts, which load more of themselves as they need it. */
export async function serveComponents({
  publishableKey,
  url,
}: {
  readonly publishableKey: string
  readonly url: string
}): Promise<ComponentSite> {
  const page = `<!doctype html><meta charset="utf-8"><div id="component"></div>
<script src="/clerk-js/clerk.browser.js" data-clerk-publishable-key="${publishableKey}" data-clerk-proxy-url="${url}"></script>
<script src="/ui/ui.browser.js"></script>`
  const server = createServer(async (request, response) => {
    const [, folder = '', name = ''] = /^\/([\w-]+)\/([\w.-]+)$/.exec(request.url ?? '') ?? []
    if (!packages.has(folder)) {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(page)
      return
    }
    const script = await readFile(new URL(`../node_modules/@clerk/${folder}/dist/${name}`, import.meta.url)).catch(
      () => undefined,
    )
    response.writeHead(script ? 200 : 404, { 'content-type': 'text/javascript; charset=utf-8' }).end(script)
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
