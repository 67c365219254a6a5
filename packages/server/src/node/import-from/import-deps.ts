import { createVisitorSecrets } from '../../auth/visitor-secret.ts'
import type { Deps } from '../../domain/deps.ts'
import { noLimits } from '../../domain/sign-in/limits.ts'
import type { Storage } from '../../storage/storage.ts'
import { createScryptPasswords } from '../scrypt-passwords.ts'

/** What the rules need where no server runs: nobody signs in, and nothing is sent. */
export async function importDeps(storage: Storage): Promise<Deps> {
  return {
    storage,
    passwords: createScryptPasswords(),
    clock: Date.now,
    instanceType: 'test',
    sessionLifetime: 0,
    limits: noLimits,
    history: { lifetime: 7_776_000_000, size: 1_000 },
    visitorSecret: await createVisitorSecrets({ kty: 'oct', d: crypto.randomUUID() }),
    report: () => {},
    webhookHosts: new Set(),
    sendCode: undefined,
  }
}
