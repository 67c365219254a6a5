import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import type { DashboardFiles } from '../dashboard/door.ts'
import { TextAnswer } from '../http/answer.ts'

/** What the page may do: nothing but what is its own. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

const pageHeaders = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

interface File {
  readonly plain: Buffer<ArrayBuffer>
  /** By brotli (RFC 7932). */
  readonly compressed: Promise<Buffer<ArrayBuffer>>
  readonly type: string
  readonly etag: string
}

const compress = promisify(brotliCompress)

/** Where the build has left the page. */
export function dashboardFolder(): string {
  // Not taken apart: the build knows it by the whole of its name.
  const url: string = import.meta.url
  // From the sources, where the package that is built into this one has it.
  const places = url.endsWith('.ts') ? ['../../../dashboard/dist'] : ['./dashboard', '../dashboard']
  const found = places.map((place) => fileURLToPath(new URL(place, url))).find((path) => existsSync(path))
  return found ?? ''
}

/** Gives the files of the page out of a folder. They are read once, unless they are still worked on. */
export function createDashboardFiles(
  folder: string,
  isFixed: boolean = !import.meta.url.endsWith('.ts'),
): DashboardFiles {
  let known: ReadonlyMap<string, File> | undefined
  const read = () => {
    if (!known || !isFixed) known = readFolder(folder)
    return known
  }
  return async (request, path) => {
    const files = read()
    const name = path.slice(1)
    const named = files.get(name)
    const file = named ?? files.get('index.html')
    if (!file) return notBuilt()
    // A page that is still open may ask for what an update has taken away: that is no page.
    if (!named && name.startsWith('assets/')) return new Response(null, { status: 404, headers: pageHeaders })
    const isLasting = name.startsWith('assets/')
    const headers = {
      ...pageHeaders,
      'cache-control': isLasting ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: file.etag,
      vary: 'Accept-Encoding',
    }
    if (request.headers.get('if-none-match') === file.etag) return new Response(null, { status: 304, headers })
    const isBrotli = /(^|,)\s*br\s*(,|;(?!\s*q=0(\.0*)?\s*(,|$))|$)/.test(request.headers.get('accept-encoding') ?? '')
    const bytes = isBrotli ? await file.compressed : file.plain
    return new Response(request.method === 'HEAD' ? null : bytes, {
      headers: {
        ...headers,
        'content-type': file.type,
        'content-length': `${bytes.length}`,
        ...(isBrotli && { 'content-encoding': 'br' }),
      },
    })
  }
}

function readFolder(folder: string): ReadonlyMap<string, File> {
  if (folder === '' || !existsSync(folder)) return new Map()
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.br'))
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(names.map((path) => [path.slice(folder.length).split(sep).filter(Boolean).join('/'), readOne(path)]))
}

function readOne(path: string): File {
  const plain = readFileSync(path)
  let made: Promise<Buffer<ArrayBuffer>> | undefined
  return {
    plain,
    get compressed() {
      // The build has it ready.
      made ??= existsSync(`${path}.br`)
        ? Promise.resolve(readFileSync(`${path}.br`))
        : (compress(plain) as Promise<Buffer<ArrayBuffer>>)
      return made
    },
    type: types[extname(path)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
  }
}

function notBuilt(): TextAnswer {
  const text = 'The dashboard is not built: pnpm --filter @acme/dashboard build\n'
  return new TextAnswer(text, 503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '5', ...pageHeaders })
}
