import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from './repository.ts'

const packages = join(root, 'packages')

/** What ours is compared with, and the package whose dependency it is. */
const peers = {
  jose: 'backend',
  ky: 'backend',
  '@clerk/backend': 'conformance',
  '@supabase/auth-js': 'tools',
  '@workos-inc/node': 'tools',
}

/** Makes a temporary folder in which our packages stand as they are published, from what was built, beside their peers. */
export function installBuilt(): string {
  const folder = mkdtempSync(join(tmpdir(), 'acme-bench-'))
  for (const name of ['schema', 'backend', 'frontend']) {
    const into = join(folder, 'node_modules/@acme', name)
    mkdirSync(into, { recursive: true })
    cpSync(join(packages, name, 'dist'), join(into, 'dist'), { recursive: true })
    const { publishConfig, ...manifest } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))
    writeFileSync(join(into, 'package.json'), JSON.stringify({ ...manifest, ...publishConfig }))
  }
  for (const [name, owner] of Object.entries(peers)) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
    symlinkSync(realpathSync(join(packages, owner, 'node_modules', name)), join(folder, 'node_modules', name))
  }
  return folder
}
