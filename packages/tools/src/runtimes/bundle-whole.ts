import { build } from 'esbuild'

/** Bundles a file with all that it imports for where there is no Node: a page, or a worker as wrangler does. */
export async function bundleWhole(entry: string, outfile: string, kind: 'page' | 'worker'): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    conditions: kind === 'page' ? ['browser'] : ['workerd', 'worker', 'browser'],
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"' },
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
  })
}
