import { createVisitorSecrets } from '../../auth/visitor-secret.ts'
import type { Deps } from '../../domain/deps.ts'
import { noLimits } from '../../domain/sign-in/limits.ts'
import type { Storage } from '../../storage/storage.ts'
import { createScryptPasswords } from '../scrypt-passwords.ts'

/** What the rules need where no server runs: nobody signs in, and nothing is sent. */
export function importDeps(storage: Storage): Deps {
  return {
    storage,
    passwords: createScryptPasswords(),
    clock: Date.now,
    instanceType: 'test',
    sessionLifetime: 0,
    limits: noLimits,
    history: { lifetime: 7_776_000_000, size: 1_000 },
    visitorSecrets: createVisitorSecrets(() => [{ kid: '', key: { d: '' }, signsFrom: 0, until: null }]),
    report: () => {},
    webhookHosts: new Set(),
    sendCode: undefined,
    sendNotice: undefined,
    signUps: { mode: 'closed', hidesAccounts: false, url: undefined, captcha: undefined },
    isBreached: undefined,
  }
}
