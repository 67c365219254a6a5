import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'vite'

const folder = join(import.meta.dirname, '..')
const time = (path: string) => statSync(join(folder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

/** Builds the page before the tests of it, once, where it is older than what it is made of. */
export default async function buildDashboard(): Promise<void> {
  const inputs = globSync(
    ['src/**/*.*', '../{schema,transport}/src/**/*.ts', 'index.html', 'vite.config.ts', 'package.json'],
    { cwd: folder },
  )
  if (time('dist/index.html.br') > Math.max(...inputs.map(time))) return
  // As it is shipped: the test runner says that it is for tests, and React would be built for that.
  const { NODE_ENV } = process.env
  process.env['NODE_ENV'] = 'production'
  try {
    await build({ root: folder, configFile: join(folder, 'vite.config.ts'), logLevel: 'error' })
  } finally {
    process.env['NODE_ENV'] = NODE_ENV
  }
  // The server would do it with each request, since it takes what is built from sources for still being worked on.
  for (const path of globSync('dist/**/*.{js,css,html,svg}', { cwd: folder })) {
    writeFileSync(join(folder, `${path}.br`), brotliCompressSync(readFileSync(join(folder, path))))
  }
}
