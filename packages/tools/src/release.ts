// Everything of a release but the upload: versions, changelogs, build, tarballs that were tried, bill of materials, checksums.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { prepareRelease } from './release/prepare-release.ts'
import { copyManifests, latestChange, versionPackages } from './release/version-packages.ts'
import { publishedPackages, root } from './repository.ts'

const help = `npm run release: everything but the upload

  --dry-run        change nothing in the tree: packs what is built, and shows the versions and changelogs to come
  --into <folder>  where the files go (default .tmp/release)
  --help           print this
`

const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    into: { type: 'string', default: join(root, '.tmp/release') },
    help: { type: 'boolean', default: false },
  },
})

const say = (text: string) => void process.stdout.write(`${text}\n`)
const pnpm = (...args: string[]) => execFileSync('pnpm', args, { cwd: root, stdio: ['ignore', 2, 2] })

async function main(): Promise<void> {
  if (values.help) return say(help)
  const changed = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })
  if (changed && !values['dry-run']) throw new Error(`the tree is not clean:\n${changed}`)
  let version: string
  if (values['dry-run']) {
    const copy = await mkdtemp(join(tmpdir(), 'acme-release-'))
    copyManifests(copy)
    say(`version to come: ${versionPackages(copy)}`)
    say(latestChange(copy, 'packages/server') ?? 'no changes')
    await rm(copy, { recursive: true })
    version = JSON.parse(readFileSync(join(root, 'packages/server/package.json'), 'utf8')).version
  } else {
    version = versionPackages(root)
    pnpm('install', '--lockfile-only', '--prefer-offline', '--reporter=silent')
    // What names the version follows.
    pnpm('exec', 'vitest', 'run', '--config', 'vitest.workspace.ts', '-u', '--project', 'gates', 'docs.test')
    pnpm('--recursive', '--filter', './packages/*', '--reporter=silent', 'run', 'build')
  }
  const { tarballs, sbom, checksums } = prepareRelease(values.into, version)
  for (const file of [...tarballs, sbom, checksums]) say(`ready: ${relative(root, file)}`)
  const { repository } = JSON.parse(
    readFileSync(join(root, publishedPackages[0]?.folder ?? '', 'package.json'), 'utf8'),
  )
  say('\nAfter npm test of this tree, commit and tag it:\n')
  say(`  git commit -am "Release ${version}" && git tag v${version}\n`)
  say('and upload where the registry can vouch for the build, such as a job of CI with an identity:\n')
  for (const file of tarballs) say(`  npm publish ${relative(root, file)} --provenance --access public`)
  if (!repository) say('\nProvenance names a repository: give each package.json its address first.')
}

main().catch((error: unknown) => {
  process.stderr.write(`release: ${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
})
