import { createPublicKey } from 'node:crypto'
import { parseArgs } from 'node:util'
import { readKeyFile } from './key-file.ts'

/** The names by which Clerk's SDKs look for one thing: on servers, in Next.js and in Vite. */
const names = {
  publishableKey: ['CLERK_PUBLISHABLE_KEY', 'NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY', 'VITE_CLERK_PUBLISHABLE_KEY'],
  secretKey: ['CLERK_SECRET_KEY'],
  apiUrl: ['CLERK_API_URL'],
  proxyUrl: ['CLERK_PROXY_URL', 'NEXT_PUBLIC_CLERK_PROXY_URL', 'VITE_CLERK_PROXY_URL'],
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
    options: { data: { type: 'string', default: '.acme' }, 'clerk-env': { type: 'boolean' } },
  })
  const { publishableKey = '', secretKey = '', apiUrl } = await readKeyFile(values.data)
  if (!apiUrl) throw new Error(`there are no keys in ${values.data}: start the server once, or name its --data`)
  const proxyUrl = new URL(apiUrl)
  // Browsers take 127.0.0.1 and localhost for two sites, and it is at localhost that such apps are opened.
  if (proxyUrl.hostname === '127.0.0.1') proxyUrl.hostname = 'localhost'
  const given = {
    publishableKey,
    secretKey,
    apiUrl,
    proxyUrl: proxyUrl.origin,
    jwtKey: JSON.stringify(await readPublicKey(apiUrl)),
    noTelemetry: '1',
  }
  return Object.entries(given)
    .flatMap(([what, value]) => names[what as keyof typeof names].map((name) => `${name}=${value}\n`))
    .join('')
}

async function readPublicKey(apiUrl: string): Promise<string> {
  const response = await fetch(`${apiUrl}/.well-known/jwks.json`).catch(() => undefined)
  if (!response?.ok) throw new Error(`the server at ${apiUrl} does not answer: start it, then ask again`)
  const { keys } = (await response.json()) as { keys: [object] }
  return `${createPublicKey({ key: keys[0] as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' })}`
}
