// Builds the page into a folder of another package, each file beside itself as brotli has it, which takes too long for
// who is waiting for it.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

const folder = import.meta.dirname
const into = resolve(process.argv[2] ?? join(folder, 'dist'))

execFileSync('pnpm', ['exec', 'vite', 'build', '--outDir', into, '--emptyOutDir', '--logLevel', 'error'], {
  cwd: folder,
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
for (const entry of readdirSync(into, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const path = join(entry.parentPath, entry.name)
  const text = readFileSync(path)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length }
  writeFileSync(`${path}.br`, brotliCompressSync(text, { params }))
}
