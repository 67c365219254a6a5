import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { packPackages } from '../pack-packages.ts'
import { publishedPackages, root } from '../repository.ts'
import { tryTarballs } from './try-tarballs.ts'
import { writeSbom } from './write-sbom.ts'

/** What is ready to be uploaded. */
export interface Release {
  /** The tarballs, absolute, those first that others depend on. */
  readonly tarballs: readonly string[]
  /** What they and all that they depend on consist of, in CycloneDX; absolute. */
  readonly sbom: string
  /** SHA-256 of each file, as `sha256sum --check` reads it; absolute. */
  readonly checksums: string
}

/**
 * Packs the packages as they are built, tries the tarballs in a fresh project, and writes them into an empty folder with
 * their bill of materials and checksums.
 *
 * @throws Error when the tarballs do not work, or may not be published as they are
 */
export function prepareRelease(folder: string, version: string): Release {
  rmSync(folder, { recursive: true, force: true })
  const work = join(folder, 'work')
  mkdirSync(work, { recursive: true })
  for (const { name, folder: at } of publishedPackages) {
    const { publishConfig, license } = JSON.parse(readFileSync(join(root, at, 'package.json'), 'utf8'))
    if (publishConfig?.access !== 'public' || publishConfig.provenance !== true || !license) {
      throw new Error(`${name} needs a license, and publishConfig with public access and provenance`)
    }
  }
  const packed = packPackages(work)
  const project = tryTarballs(packed, work, version)

  const sbom = join(folder, 'sbom.cdx.json')
  writeSbom(project, sbom)

  const order = ['@acme/schema', '@acme/frontend', '@acme/backend', '@acme/server', '@acme/msw']
  packed.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  const tarballs = packed.map(({ path }) => {
    const kept = join(folder, basename(path))
    cpSync(path, kept)
    return kept
  })
  const checksums = join(folder, 'SHA256SUMS')
  const line = (file: string) => `${createHash('sha256').update(readFileSync(file)).digest('hex')}  ${basename(file)}\n`
  writeFileSync(checksums, [...tarballs, sbom].map(line).join(''))
  rmSync(work, { recursive: true })
  return { tarballs, sbom, checksums }
}
