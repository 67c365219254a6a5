import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const packages = join(import.meta.dirname, '../..')

/** What ours is compared with, and the package whose dependency it is. */
const peers = { jose: 'backend', ky: 'backend', '@clerk/backend': 'conformance' }

/** Makes a temporary folder in which our packages stand as they are published, from what was built, beside their peers. */
export function installBuilt(): string {
  const folder = mkdtempSync(join(tmpdir(), 'acme-bench-'))
  for (const name of ['schema', 'backend']) {
    const into = join(folder, 'node_modules/@acme', name)
    mkdirSync(into, { recursive: true })
    cpSync(join(packages, name, 'dist'), join(into, 'dist'), { recursive: true })
    const { publishConfig, ...manifest } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))
    writeFileSync(join(into, 'package.json'), JSON.stringify({ ...manifest, ...publishConfig }))
  }
  mkdirSync(join(folder, 'node_modules/@clerk'))
  for (const [name, owner] of Object.entries(peers)) {
    symlinkSync(realpathSync(join(packages, owner, 'node_modules', name)), join(folder, 'node_modules', name))
  }
  return folder
}
