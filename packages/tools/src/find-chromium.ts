import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { root } from './repository.ts'

/** Where to look for a browser. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  exists(path: string): boolean
}

/** Where a browser that was fetched is kept, out of the way of other clones. */
export const fetchedChromium: string = join(root, '.toolchain', 'chromium', 'chromium')

const commands = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable']

/**
 * Finds a Chromium, Chrome or Edge: the one that CHROMIUM_PATH names, one that is installed in its usual place, or the
 * one that was fetched. Undefined when there is none.
 */
export function findChromium(machine: Machine = { ...process, exists: existsSync }): string | undefined {
  const named = machine.env['CHROMIUM_PATH']
  // Whoever names one means that one.
  if (named) return machine.exists(named) ? named : undefined
  return [...installed(machine), fetchedChromium].find((path) => machine.exists(path))
}

function installed({ platform, env }: Machine): string[] {
  if (platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge']
    return ['/Applications', `${env['HOME']}/Applications`].flatMap((folder) =>
      apps.map((app) => `${folder}/${app}.app/Contents/MacOS/${app}`),
    )
  }
  if (platform === 'win32') {
    const folders = [env['ProgramFiles'], env['ProgramFiles(x86)'], env['LOCALAPPDATA']].filter(Boolean)
    const apps = ['Google\\Chrome', 'Chromium', 'Microsoft\\Edge']
    return folders.flatMap((folder) =>
      apps.map((app) => `${folder}\\${app}\\Application\\${app.includes('Edge') ? 'msedge' : 'chrome'}.exe`),
    )
  }
  const folders = ['/usr/bin', '/snap/bin', ...(env['PATH'] ?? '').split(delimiter).filter(Boolean)]
  return commands.flatMap((command) => folders.map((folder) => `${folder}/${command}`))
}
