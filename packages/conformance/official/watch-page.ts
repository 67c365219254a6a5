import type { Page } from 'playwright'

/** What a page met that it should not have. */
export interface Watched {
  /** What was refused since the last time that it was asked, `422 POST /v1/me`, and what it says of that on the console. */
  takeRefusals(): string[]
}

/** Watches for refused requests, requests that go elsewhere, faults of scripts and errors on the console. */
export function watchPage(page: Page, origins: readonly string[]): Watched {
  let met: string[] = []
  const isAway = (url: string) => /^https?:/.test(url) && !origins.includes(new URL(url).origin)
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (response.status() < 400) return
    const url = new URL(response.url())
    const method = url.searchParams.get('_method') ?? response.request().method()
    met.push(`${response.status()} ${method} ${pathname.replaceAll(/\w+_\w{20,}/g, '{id}')}`)
  })
  page.on('request', (request) => {
    if (isAway(request.url())) met.push(`elsewhere ${request.url()}`)
  })
  page.on('requestfailed', (request) => {
    const { errorText = '' } = request.failure() ?? {}
    // A page that is left gives up what it still waits for.
    if (errorText !== 'net::ERR_ABORTED') met.push(`${errorText} ${request.url()}`)
  })
  page.on('console', (message) => {
    // What was refused is there already, by its status.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) met.push(message.text())
  })
  page.on('pageerror', (error) => met.push(`${error}`))
  return {
    takeRefusals() {
      const taken = met
      met = []
      return taken
    },
  }
}
