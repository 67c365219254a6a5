import { existsSync } from 'node:fs'

/** Where a Chromium is looked for, after the environment variable CHROMIUM_PATH. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The flags under which the browser tests run: no sandbox (containers run as root) and no traffic of its own. */
export const chromiumFlags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** What to tell a person whose machine has no Chromium. */
export const chromiumAdvice: string =
  'No Chromium was found, so the browser tests cannot run. ' +
  'Install one (Debian, Ubuntu: `sudo apt-get install chromium`) or set CHROMIUM_PATH to its program.'

/** Gives the path of the Chromium to test with, or undefined where there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['CHROMIUM_PATH']
  return (named ? [named] : places).find((path) => existsSync(path))
}
