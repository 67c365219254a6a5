import type { InstanceType } from '@acme/schema'
import type { Passwords } from '../auth/passwords.ts'
import type { VisitorSecrets } from '../auth/visitor-secret.ts'
import type { Storage } from '../storage/storage.ts'
import type { HistoryBounds } from './changes/record-change.ts'
import type { Limits } from './sign-in/limits.ts'

/** A code on its way to its owner. */
export interface CodeMessage {
  readonly to: string
  readonly code: string
  readonly purpose: 'sign_up' | 'sign_in' | 'reset_password' | 'verify_email_address'
}

/** What the rules need of the world. */
export interface Deps {
  readonly storage: Storage
  readonly passwords: Passwords
  /** The time, in milliseconds since the epoch. */
  readonly clock: () => number
  readonly instanceType: InstanceType
  /** How long a session lasts, in milliseconds. */
  readonly sessionLifetime: number
  /** How much may be tried. */
  readonly limits: Limits
  /** How much is kept of what changed about users. */
  readonly history: HistoryBounds
  readonly visitorSecrets: VisitorSecrets
  /** Tells whoever runs the server of a failure that no reply tells of. */
  readonly report: (cause: unknown) => void
  /** The hosts that webhooks may be sent to by http, and wherever they are. */
  readonly webhookHosts: ReadonlySet<string>
  /** Sends a code; undefined in test instances, where every code is {@link testCode}. */
  readonly sendCode: ((message: CodeMessage) => Promise<void>) | undefined
}

/** What a change of a user needs of the world, whoever makes it. */
export type ChangingDeps = Pick<Deps, 'storage' | 'clock' | 'history'>

/** The code of test instances, which send nothing. */
export const testCode = '424242'
