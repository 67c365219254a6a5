import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

const folder = join(import.meta.dirname, '..')
const time = (path: string) => statSync(join(folder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

/** Builds the page before the tests of it, once, where it is older than what it is made of. */
export default async function buildDashboard(): Promise<void> {
  const inputs = globSync(
    ['src/**/*.*', '../{schema,transport}/src/**/*.ts', 'index.html', 'vite.config.ts', 'package.json'],
    { cwd: folder },
  )
  if (time('dist/index.html') > Math.max(...inputs.map(time))) return
  await build({ root: folder, configFile: join(folder, 'vite.config.ts'), logLevel: 'error' })
}
