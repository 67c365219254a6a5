import { readFileSync } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { dirname, extname, join, resolve, sep } from 'node:path'
import { type Answer, TextAnswer } from '../http/answer.ts'

/** What of `@clerk/` pages load from their Frontend API: a client and its prebuilt components. */
export const clerkPackages = ['clerk-js', 'ui'] as const
export type ClerkPackage = (typeof clerkPackages)[number]

/** Which versions the SDKs ask for, where none is installed yet. */
const asked: Readonly<Record<ClerkPackage, string>> = { 'clerk-js': '6', ui: '1' }

/** A package as an app has it installed. */
interface Installed {
  readonly version: string
  /** Where its built files are, links followed. */
  readonly dist: string
}

/** The whole of the path, each segment of it a plain name; the version is a whole one or the start of one. */
const path =
  /^https?:\/\/[^/?#]+\/npm\/@clerk\/(clerk-js|ui)@(\d[\w.-]*)\/dist\/((?:[\w-][\w.-]*\/)*[\w-][\w.-]*)(?:[?#]|$)/

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
}

/** Anybody may read what anybody can install, and pages load it as anonymous. */
const openHeaders = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}

/** Where the scripts of a package are, on the server that serves them. */
export function clerkScriptPath(name: ClerkPackage, version: string): string {
  return `/npm/@clerk/${name}@${version}/dist/${name === 'ui' ? 'ui' : 'clerk'}.browser.js`
}

/** The version that addresses of scripts name: the first number of what is installed in a folder, or of what would be. */
export async function clerkScriptVersion(name: ClerkPackage, folder: string): Promise<string> {
  return /^\d+/.exec((await findInstalled(name, folder))?.version ?? '')?.[0] ?? asked[name]
}

/**
 * Serves Clerk's scripts under `/npm/@clerk/…`, as its SDKs ask their Frontend API for them, out of the packages that
 * are installed where a folder is: those two, and of them what is built for browsers. Anything else is not its to answer.
 */
export function createClerkScripts(folder: string): (request: Request) => Promise<Answer> | undefined {
  return (request) => {
    // Without making an URL of it: every request comes by here.
    if (!request.url.includes('/npm/@clerk/')) return undefined
    const [, name, version = '', file = ''] = path.exec(request.url) ?? []
    if (name === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) return undefined
    return serveOne(request, folder, name as ClerkPackage, version, file)
  }
}

async function serveOne(
  request: Request,
  folder: string,
  name: ClerkPackage,
  version: string,
  file: string,
): Promise<Answer> {
  const installed = await findInstalled(name, folder)
  const wanted = `npm install --save-dev @clerk/${name}@${version}`
  if (!installed) return notThere(`@clerk/${name} is not installed beside the server (in ${where}): ${wanted}`)
  const isExact = version === installed.version
  if (!isExact && !installed.version.startsWith(`${version}.`)) {
    return notThere(`@clerk/${name} is installed as ${installed.version}, and ${version} is asked for: ${wanted}`)
  }
  const type = types[extname(file)]
  const found = await realpath(join(installed.dist, file)).catch(() => undefined)
  const isInside = found?.startsWith(installed.dist + sep)
  const bytes = type !== undefined && isInside ? await readFile(found ?? '').catch(() => undefined) : undefined
  if (!bytes) return notThere(`@clerk/${name} ${installed.version} has no file dist/${file} for pages`)
  const headers = {
    ...openHeaders,
    'cache-control': isExact ? 'public, max-age=31536000, immutable' : 'public, no-cache',
    // A version of a package is published once.
    etag: `"${name}@${installed.version}"`,
  }
  if (request.headers.get('if-none-match') === headers.etag) return new Response(null, { status: 304, headers })
  return new Response(request.method === 'HEAD' ? null : bytes, {
    headers: { ...headers, 'content-type': type ?? '', 'content-length': `${bytes.length}` },
  })
}

/** How the folder is named to whoever asks, who need not know where on the disk it is. */
const where = 'the node_modules of the folder that it was started in'

/** Finds a package from a folder on upwards, as Node does for modules, whatever its `exports` say. */
async function findInstalled(name: ClerkPackage, folder: string): Promise<Installed | undefined> {
  for (let place = resolve(folder); ; place = dirname(place)) {
    const home = join(place, 'node_modules/@clerk', name)
    try {
      const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version?: unknown }
      if (typeof version === 'string') return { version, dist: await realpath(join(home, 'dist')) }
    } catch {
      // Not there, or half of it: the folder above may have it.
    }
    if (place === dirname(place)) return undefined
  }
}

function notThere(text: string): TextAnswer {
  return new TextAnswer(`${text}\n`, 404, {
    ...openHeaders,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
  })
}
