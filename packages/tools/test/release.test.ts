import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, inject, test } from 'vitest'
import { copyManifests, latestChange, versionPackages } from '../src/release/version-packages.ts'
import { publishedPackages, root } from '../src/repository.ts'

const folder = mkdtempSync(join(tmpdir(), 'acme-release-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const versionOf = (at: string) => JSON.parse(readFileSync(join(folder, 'copy', at, 'package.json'), 'utf8')).version

test('a changeset gives every published package the same version and a changelog, and no other', () => {
  const copy = join(folder, 'copy')
  copyManifests(copy)
  writeFileSync(join(copy, '.changeset/one.md'), "---\n'@acme/backend': major\n---\n\nCalls are cheaper.\n")
  const version = versionPackages(copy)
  expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  for (const { folder: at } of publishedPackages) {
    expect(versionOf(at)).toBe(version)
    expect(latestChange(copy, at)).toContain(version)
  }
  expect(latestChange(copy, 'packages/backend')).toContain('Calls are cheaper.')
  expect(versionOf('packages/tools')).toBe('0.0.0')
  expect(readFileSync(join(copy, 'packages/server/src/http/version.ts'), 'utf8')).toContain(`'${version}'`)
  expect(readdirSync(join(copy, '.changeset')).sort()).toEqual(['README.md', 'config.json'])
})

test('the server says the version that it is published as', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'packages/server/package.json'), 'utf8'))
  expect(readFileSync(join(root, 'packages/server/src/http/version.ts'), 'utf8')).toContain(`'${version}'`)
})

// It installs every package from a registry.
test.runIf(inject('scale') === 1)('a dry run leaves tarballs that work, their materials and their sums', () => {
  const into = join(folder, 'release')
  const before = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })
  const program = join(root, 'packages/tools/src/release.ts')
  const { stdout, stderr } = spawnSync(process.execPath, [program, '--dry-run', '--into', into], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout).toContain('npm publish')
  const tarballs = readdirSync(into).filter((name) => name.endsWith('.tgz'))
  expect(tarballs).toHaveLength(publishedPackages.length)
  const sbom = JSON.parse(readFileSync(join(into, 'sbom.cdx.json'), 'utf8'))
  expect(sbom).toMatchObject({ bomFormat: 'CycloneDX' })
  const names = sbom.components.map(({ name, group }: { name: string; group?: string }) =>
    group ? `${group}/${name}` : name,
  )
  expect(names).toEqual(expect.arrayContaining(['hono', 'jose', 'ky', 'zod']))
  expect(execFileSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: into, encoding: 'utf8' })).not.toContain('FAILED')
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })).toBe(before)
})
