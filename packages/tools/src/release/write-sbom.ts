import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../repository.ts'

/** The private package that is built into both SDKs, along with what it depends on. */
const bundled = 'packages/transport'

/**
 * Writes the bill of materials of a project (CycloneDX) as npm makes it of what is installed, and adds what is a part of the
 * built files and therefore installed nowhere.
 */
export function writeSbom(project: string, file: string): void {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev']
  const sbom = JSON.parse(execFileSync('npm', args, { cwd: project, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }))
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, bundled, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies).filter((name) => !name.startsWith('@acme/'))) {
    const { version, license } = JSON.parse(
      readFileSync(join(root, bundled, 'node_modules', name, 'package.json'), 'utf8'),
    )
    sbom.components.push({
      'bom-ref': `${name}@${version}`,
      type: 'library',
      name,
      version,
      scope: 'required',
      purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      licenses: [{ license: { id: license } }],
    })
  }
  writeFileSync(file, `${JSON.stringify(sbom, null, 2)}\n`)
}
