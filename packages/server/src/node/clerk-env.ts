import { createPublicKey } from 'node:crypto'
import { parseArgs } from 'node:util'
import { isLoopbackHost, parsePublishableKey } from '@acme/schema'
import { clerkPackages, clerkScriptPath, clerkScriptVersion } from './clerk-scripts.ts'
import { readKeyFile } from './key-file.ts'

/** The names by which Clerk's SDKs look for one thing: on servers, in Next.js and in Vite. */
const names = {
  publishableKey: ['CLERK_PUBLISHABLE_KEY', 'NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY', 'VITE_CLERK_PUBLISHABLE_KEY'],
  secretKey: ['CLERK_SECRET_KEY'],
  apiUrl: ['CLERK_API_URL'],
  proxyUrl: ['CLERK_PROXY_URL', 'NEXT_PUBLIC_CLERK_PROXY_URL', 'VITE_CLERK_PROXY_URL'],
  'clerk-js': ['CLERK_JS_URL', 'NEXT_PUBLIC_CLERK_JS_URL', 'VITE_CLERK_JS_URL'],
  ui: ['CLERK_UI_URL', 'NEXT_PUBLIC_CLERK_UI_URL', 'VITE_CLERK_UI_URL'],
  signInUrl: ['CLERK_SIGN_IN_URL', 'NEXT_PUBLIC_CLERK_SIGN_IN_URL'],
  signUpUrl: ['CLERK_SIGN_UP_URL', 'NEXT_PUBLIC_CLERK_SIGN_UP_URL'],
  jwtKey: ['CLERK_JWT_KEY'],
  noTelemetry: ['CLERK_TELEMETRY_DISABLED', 'NEXT_PUBLIC_CLERK_TELEMETRY_DISABLED'],
}

/**
 * Gives the lines of a `.env` file that point an app built on Clerk's SDKs at the running server, whose keys a
 * directory holds.
 *
 * @throws Error when no server has been started on the directory, or it does not run
 */
export async function clerkEnv(args: readonly string[]): Promise<string> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string', default: '.acme' },
      'clerk-env': { type: 'boolean' },
      'clerk-packages': { type: 'string', default: '.' },
    },
  })
  const { publishableKey = '', secretKey = '', apiUrl } = await readKeyFile(values.data)
  if (!apiUrl) throw new Error(`there are no keys in ${values.data}: start the server once, or name its --data`)
  const { host } = parsePublishableKey(publishableKey)
  const isLocal = isLoopbackHost(host)
  const origin = isLocal ? localOrigin(apiUrl) : `https://${host}`
  const given = {
    publishableKey,
    secretKey,
    apiUrl,
    jwtKey: JSON.stringify(await readPublicKey(apiUrl)),
    // Beyond this machine all is reached by https at the host that the key names, and the SDKs find it there.
    ...(isLocal && { proxyUrl: origin, ...(await scriptUrls(origin, values['clerk-packages'])) }),
    ...((await hasPages(apiUrl)) && { signInUrl: `${origin}/sign-in`, signUpUrl: `${origin}/sign-up` }),
    noTelemetry: '1',
  }
  return Object.entries(given)
    .flatMap(([what, value]) => names[what as keyof typeof names].map((name) => `${name}=${value}\n`))
    .join('')
}

/** Browsers take 127.0.0.1 and localhost for two sites, and it is at localhost that such apps are opened. */
function localOrigin(apiUrl: string): string {
  const url = new URL(apiUrl)
  if (url.hostname === '127.0.0.1') url.hostname = 'localhost'
  return url.origin
}

/** Where the scripts are: the SDKs would ask for them by https, which no server of this machine speaks. */
async function scriptUrls(origin: string, folder: string): Promise<Record<string, string>> {
  const urls = clerkPackages.map(async (name) => [
    name,
    origin + clerkScriptPath(name, await clerkScriptVersion(name, folder)),
  ])
  return Object.fromEntries(await Promise.all(urls))
}

/** Whether the server has pages to sign in on, for apps that have none. */
async function hasPages(apiUrl: string): Promise<boolean> {
  return (await fetch(`${apiUrl}/sign-in`)).ok
}

async function readPublicKey(apiUrl: string): Promise<string> {
  const response = await fetch(`${apiUrl}/.well-known/jwks.json`).catch(() => undefined)
  if (!response?.ok) throw new Error(`the server at ${apiUrl} does not answer: start it, then ask again`)
  const { keys } = (await response.json()) as { keys: [object] }
  return `${createPublicKey({ key: keys[0] as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' })}`
}
