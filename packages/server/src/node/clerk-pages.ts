import { createHash } from 'node:crypto'
import { isLoopbackHost, parsePublishableKey } from '@acme/schema'
import { type Answer, TextAnswer } from '../http/answer.ts'
import { clerkScriptPath, clerkScriptVersion } from './clerk-scripts.ts'

/** The pages, each by the component of Clerk's that fills it. */
const pages: Readonly<Record<string, { readonly component: string; readonly title: string }>> = {
  'sign-in': { component: 'SignIn', title: 'Sign in' },
  'sign-up': { component: 'SignUp', title: 'Sign up' },
  user: { component: 'UserProfile', title: 'Your account' },
}

/** Whose pages they are. */
export interface ClerkPagesOptions {
  readonly publishableKey: string
  /** Where a page may go on to when it is done; in test instances, anywhere on this machine besides. */
  readonly allowedOrigins: readonly string[]
  /** The folder whose installed packages fill them. */
  readonly folder: string
}

/** The whole of the path. */
const path = /^(https?:\/\/[^/?#]+)\/(sign-in|sign-up|user)(?:[?#]|$)/

/**
 * Serves pages that sign in, sign up and show an account by Clerk's own components: where apps send people that have no
 * such pages themselves, as Clerk's account portal is.
 */
export function createClerkPages(options: ClerkPagesOptions): (request: Request) => Promise<Answer> | undefined {
  return (request) => {
    if (request.method !== 'GET') return undefined
    const [, origin = '', name = ''] = path.exec(request.url) ?? []
    const page = pages[name]
    return page && showPage(origin, page, options)
  }
}

async function showPage(
  origin: string,
  { component, title }: { readonly component: string; readonly title: string },
  { publishableKey, allowedOrigins, folder }: ClerkPagesOptions,
): Promise<Answer> {
  const { host, instanceType } = parsePublishableKey(publishableKey)
  // Only by http does it need to be told where its server is.
  const proxy = isLoopbackHost(host) ? ` data-clerk-proxy-url="${origin}"` : ''
  const [js, ui] = await Promise.all([clerkScriptVersion('clerk-js', folder), clerkScriptVersion('ui', folder)])
  const script = pageScript(component, instanceType === 'test', allowedOrigins)
  const text = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f7f7f8; font-family: system-ui }</style>
<link rel="icon" href="data:,">
<main id="component"></main>
<script src="${clerkScriptPath('clerk-js', js)}" data-clerk-publishable-key="${publishableKey}"${proxy}></script>
<script src="${clerkScriptPath('ui', ui)}"></script>
<script>${script}</script>
</html>
`
  return new TextAnswer(text, 200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': policy(script),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
  })
}

/** What a page may do: run these scripts, speak to this server, and be in nobody's frame. */
function policy(script: string): string {
  const hash = createHash('sha256').update(script).digest('base64')
  return [
    "default-src 'self'",
    `script-src 'self' 'sha256-${hash}'`,
    // The components write their styles into the page.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https:",
    "worker-src 'self' blob:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

/** Goes on to where it was asked to only if that is one of the app's own, so that nobody is sent anywhere else by its link. */
function pageScript(component: string, isTest: boolean, allowedOrigins: readonly string[]): string {
  const origins = allowedOrigins.map((origin) => JSON.stringify(origin))
  if (isTest) origins.push(String.raw`/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/`)
  return `
const show = async () => {
  const place = document.querySelector('#component')
  if (!globalThis.Clerk || !globalThis.__internal_ClerkUICtor) {
    place.textContent = 'This page needs Clerk’s scripts: npm install --save-dev @clerk/clerk-js @clerk/ui'
    return
  }
  await Clerk.load({
    ui: { ClerkUI: globalThis.__internal_ClerkUICtor },
    telemetry: false,
    signInUrl: '/sign-in',
    signUpUrl: '/sign-up',
    signInFallbackRedirectUrl: '/user',
    signUpFallbackRedirectUrl: '/user',
    afterSignOutUrl: '/sign-in',
    // No images are kept of users, and no setting takes the buttons for them away.
    appearance: { elements: { avatarImageActions: { display: 'none' } } },
    localization: { userProfile: { profilePage: { fileDropAreaHint: '\u00a0' } } },
    allowedRedirectOrigins: [location.origin, ${origins.join(', ').replaceAll('<', '\\u003c')}],
  })
  if ('${component}' === 'UserProfile' && !Clerk.user) return Clerk.redirectToSignIn()
  Clerk.mount${component}(place${component === 'UserProfile' ? '' : ", { routing: 'hash' }"})
}
show()
`
}
