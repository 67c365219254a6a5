import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../repository.ts'
import { bundleWhole } from './bundle-whole.ts'

const source = join(root, 'packages/conformance/runtimes')

/**
 * Writes the suite into the project of a stranger: plain JavaScript that imports the packages by their names, and whole
 * bundles of it for pages and workers, of what is installed there.
 */
export async function bundleSuite(project: string): Promise<void> {
  const own = ['main', 'native', 'missing-pieces', 'worker', 'page', 'real-server']
  await build({
    entryPoints: own.map((name) => join(source, `${name}.ts`)),
    outdir: project,
    bundle: true,
    packages: 'external',
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  })
  const whole = (name: 'page' | 'worker') =>
    bundleWhole(join(project, `${name}.js`), join(project, 'dist', `${name}.js`), name)
  await Promise.all([whole('page'), whole('worker')])
}
