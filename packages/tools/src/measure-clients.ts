import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { installBuilt } from './install-built.ts'
import { root } from './repository.ts'

/** What a client costs whoever uses it, as far as it does not depend on the clock. */
export interface ClientCost {
  readonly name: string
  readonly where: 'server' | 'page'
  /** An app of nothing but it, minified and compressed by brotli, in bytes. */
  readonly size: number
  /** The files that Node loads for its import. */
  readonly modules: number
  /** What the compiler instantiates for one call and its types. */
  readonly instantiations: number
}

interface Client {
  readonly name: string
  readonly where: ClientCost['where']
  readonly use: string
}

/** Each as the smallest app of it, which reads a user. */
const clients: readonly Client[] = [
  {
    name: '@acme/backend',
    where: 'server',
    use: "import { createBackend } from '@acme/backend'\nexport const user = createBackend({ secretKey: 'sk_test_0123456789', apiUrl: 'http://127.0.0.1:1' }).users.getUser('user_1')",
  },
  {
    name: '@clerk/backend',
    where: 'server',
    use: "import { createClerkClient } from '@clerk/backend'\nexport const user = createClerkClient({ secretKey: 'sk_test_0' }).users.getUser('user_1')",
  },
  {
    name: '@workos-inc/node',
    where: 'server',
    use: "import { WorkOS } from '@workos-inc/node'\nexport const user = new WorkOS('sk_test_0').userManagement.getUser('user_1')",
  },
  {
    name: '@acme/frontend',
    where: 'page',
    use: "import { createFrontend } from '@acme/frontend'\nexport const acme = createFrontend({ publishableKey: 'pk_test_' })\nexport const user = acme.load().then(() => acme.user)",
  },
  {
    name: '@supabase/auth-js',
    where: 'page',
    use: "import { AuthClient } from '@supabase/auth-js'\nexport const user = new AuthClient({ url: 'http://127.0.0.1:1' }).getUser()",
  },
]

const count = (name: string) => `
import { registerHooks } from 'node:module'
const files = new Set()
registerHooks({ load(url, context, next) { if (url.startsWith('file:')) files.add(url); return next(url, context) } })
await import(${JSON.stringify(name)})
console.log(files.size)
process.exit()
`

/** Measures every client, ours as it was built. */
export async function measureClients(): Promise<ClientCost[]> {
  const folder = installBuilt()
  await mkdir(join(folder, 'node_modules/@types'), { recursive: true })
  symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
  const costs: ClientCost[] = []
  for (const { name, where, use } of clients) {
    costs.push({
      name,
      where,
      size: await sizeOf(folder, use, where),
      modules: Number(run(folder, ['--input-type=module', '--eval', count(name)])),
      instantiations: instantiationsOf(folder, use),
    })
  }
  await rm(folder, { recursive: true })
  return costs
}

async function sizeOf(folder: string, use: string, where: ClientCost['where']): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: use, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    logLevel: 'error',
    platform: where === 'page' ? 'browser' : 'node',
  })
  return brotliCompressSync(outputFiles[0]?.contents ?? '').length
}

function instantiationsOf(folder: string, use: string): number {
  writeFileSync(join(folder, 'app.ts'), use)
  const options = ['--strict', '--noEmit', '--skipLibCheck', '--types', 'node', '--lib', 'ES2024,DOM,DOM.Iterable']
  const modules = ['--target', 'es2023', '--module', 'esnext', '--moduleResolution', 'bundler', '--ignoreConfig']
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const said = run(folder, [tsc, ...options, ...modules, '--extendedDiagnostics', 'app.ts'])
  return Number(/^Instantiations:\s+(\d+)/m.exec(said)?.[1])
}

function run(folder: string, args: readonly string[]): string {
  return execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
}
