import { spawn } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { docs, root, site } from './places.ts'

/** Written last: without it the site is not whole. */
export const builtMarker: string = join(site, 'built')

/** What the site is made of, but for what the build itself writes. */
const inputs = [
  'packages/{schema,transport,frontend,backend,server,msw}/src/**/*.{ts,tsx}',
  'packages/docs/{src,pages,samples,.vitepress}/**/*.*',
]
const written = /packages\/docs\/pages\/(errors\.md|reference\/)/

/** Gives the folder of the built site, building it where it is not there or older than what it is made of. */
export async function needSite(): Promise<string> {
  const newest = Math.max(
    ...globSync(inputs, { cwd: root })
      .filter((path) => !written.test(path))
      .map((path) => statSync(join(root, path)).mtimeMs),
  )
  const builtAt = statSync(builtMarker, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (builtAt < newest) await buildSite()
  return site
}

async function buildSite(): Promise<void> {
  const child = spawn(process.execPath, [join(docs, 'src/build-site.ts')], { cwd: docs, stdio: 'pipe' })
  const said: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (status !== 0) throw new Error(`The docs could not be built:\n${Buffer.concat(said)}`)
}
