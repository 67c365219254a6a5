import type { Captcha } from '../domain/deps.ts'

/** Where tokens of Turnstile are checked. */
const address = 'https://challenges.cloudflare.com/turnstile/v0/siteverify'

/** How long that may take, in milliseconds. */
const longest = 5_000

/** How Turnstile knows a site. */
export interface TurnstileOptions {
  readonly siteKey: string
  readonly secretKey: string
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** Has Cloudflare's Turnstile tell people from programs, which Clerk's components show by themselves. */
export function createTurnstile({ siteKey, secretKey, fetch = globalThis.fetch }: TurnstileOptions): Captcha {
  return {
    siteKey,
    provider: 'turnstile',
    async verify(token) {
      const body = new URLSearchParams({ secret: secretKey, response: token })
      const response = await fetch(address, { method: 'POST', body, signal: AbortSignal.timeout(longest) })
      if (!response.ok) throw new Error(`Turnstile answers ${response.status}`)
      return ((await response.json()) as { readonly success?: unknown }).success === true
    },
  }
}
