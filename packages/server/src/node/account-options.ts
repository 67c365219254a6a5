import { createTurnstile } from '../auth/turnstile.ts'
import type { SignUpOptions } from '../create-server.ts'
import type { SignUpMode } from '../domain/deps.ts'
import { createBreachedPasswords } from './breached-passwords.ts'

/** What the command line says of how people sign up. */
export interface AccountFlags {
  readonly 'sign-up-mode'?: string | undefined
  readonly 'sign-up-url'?: string | undefined
  readonly 'hide-accounts'?: boolean | undefined
  readonly 'breached-passwords'?: string | undefined
  readonly 'turnstile-site-key'?: string | undefined
}

/** Its options, as `parseArgs` of Node takes them. */
export const accountFlags = {
  'sign-up-mode': { type: 'string' },
  'sign-up-url': { type: 'string' },
  'hide-accounts': { type: 'boolean' },
  'breached-passwords': { type: 'string' },
  'turnstile-site-key': { type: 'string' },
} as const

/** How people sign up, and which passwords they may not choose. */
export interface AccountOptions {
  readonly signUps: SignUpOptions
  readonly isBreached: ((password: string) => Promise<boolean>) | undefined
}

const modes: readonly SignUpMode[] = ['open', 'invitation', 'closed']

/** Reads how people sign up. @throws TypeError naming what is wrong, never quoting a secret */
export function readAccountOptions(flags: AccountFlags, env: NodeJS.ProcessEnv): AccountOptions {
  const mode = modes.find((one) => one === (flags['sign-up-mode'] ?? 'open'))
  if (mode === undefined) throw new TypeError('--sign-up-mode takes open, invitation or closed')
  const url = flags['sign-up-url']
  if (url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) {
    throw new TypeError('--sign-up-url takes the whole address of a page: https://app.example.com/sign-up')
  }
  const siteKey = flags['turnstile-site-key']
  const secretKey = env['ACME_TURNSTILE_SECRET_KEY'] || undefined
  if (siteKey !== undefined && secretKey === undefined) {
    throw new TypeError(
      '--turnstile-site-key needs ACME_TURNSTILE_SECRET_KEY in the environment, by which tokens are checked',
    )
  }
  const captcha = siteKey !== undefined && secretKey !== undefined ? createTurnstile({ siteKey, secretKey }) : undefined
  const list = flags['breached-passwords']
  return {
    signUps: { mode, url, hidesAccounts: flags['hide-accounts'] === true, captcha },
    isBreached: list === undefined ? undefined : createBreachedPasswords(list),
  }
}
