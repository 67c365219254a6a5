import { existsSync } from 'node:fs'
import { delimiter } from 'node:path'
import type { Machine } from './find-chromium.ts'

const commands = ['firefox-esr', 'firefox']

/**
 * Finds a Firefox: the one that FIREFOX_PATH names, or one that is installed in its usual place. Undefined when there is
 * none: npm has none that could be fetched.
 */
export function findFirefox(machine: Machine = { ...process, exists: existsSync }): string | undefined {
  const { platform, env, exists } = machine
  const named = env['FIREFOX_PATH']
  // Whoever names one means that one.
  if (named) return exists(named) ? named : undefined
  return places(platform, env).find((path) => exists(path))
}

function places(platform: NodeJS.Platform, env: Machine['env']): string[] {
  if (platform === 'darwin') {
    return ['/Applications', `${env['HOME']}/Applications`].map(
      (folder) => `${folder}/Firefox.app/Contents/MacOS/firefox`,
    )
  }
  if (platform === 'win32') {
    const folders = [env['ProgramFiles'], env['ProgramFiles(x86)'], env['LOCALAPPDATA']].filter(Boolean)
    return folders.map((folder) => `${folder}\\Mozilla Firefox\\firefox.exe`)
  }
  const folders = ['/usr/bin', '/snap/bin', ...(env['PATH'] ?? '').split(delimiter).filter(Boolean)]
  return commands.flatMap((command) => folders.map((folder) => `${folder}/${command}`))
}
