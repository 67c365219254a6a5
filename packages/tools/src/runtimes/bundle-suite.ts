import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../repository.ts'

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
  const whole = (name: string, conditions: string[]) =>
    build({
      entryPoints: [join(project, `${name}.js`)],
      outfile: join(project, 'dist', `${name}.js`),
      bundle: true,
      conditions,
      // What is for Node alone is taken away, as wrangler and vite do.
      platform: 'browser',
      mainFields: ['browser', 'module', 'main'],
      define: { 'process.env.NODE_ENV': '"production"' },
      format: 'esm',
      target: 'es2022',
      logLevel: 'error',
    })
  await Promise.all([whole('page', ['browser']), whole('worker', ['workerd', 'worker', 'browser'])])
}
