import { brotliCompressSync } from 'node:zlib'
import { buildSync } from 'esbuild'

/**
 * Measures an app of nothing but a backend, minified by esbuild and compressed by brotli, in bytes. What verifying tokens
 * takes is loaded by the first of them, so that most bundles keep it apart.
 */
export function measureBundle(folder: string, withTokens: boolean): number {
  const contents = "import { createBackend } from '@acme/backend'; console.log(createBackend())"
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import', 'module'],
    external: withTokens ? [] : ['jose', 'jose/*'],
  })
  return brotliCompressSync(outputFiles[0]?.contents ?? '').length
}
