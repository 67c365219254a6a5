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

/**
 * What a user is told besides: that they are asked to sign up, that somebody tried to with their address, or what was
 * changed of how they sign in, at the address that they had before as well.
 */
export type Notice =
  | { readonly to: string; readonly purpose: 'invitation'; readonly url: string }
  | { readonly to: string; readonly purpose: 'account_exists' | 'password_changed' | 'password_removed' }
  | {
      readonly to: string
      readonly purpose: 'email_address_added' | 'email_address_removed' | 'primary_email_address_changed'
      /** The one that was added, removed, or is the primary one now. */
      readonly address: string
    }

/** Who may sign up: everybody, who was invited, or nobody. */
export type SignUpMode = 'open' | 'invitation' | 'closed'

/** How people sign up. */
export interface SignUpRules {
  readonly mode: SignUpMode
  /** Whether it does not show at a sign-up that an e-mail address has an account. */
  readonly hidesAccounts: boolean
  /** Where invitations lead that name no page. */
  readonly url: string | undefined
  /** What a page shows to tell people from programs, and the check of what it gave; undefined asks for nothing. */
  readonly captcha: Captcha | undefined
}

/** A widget that tells people from programs. */
export interface Captcha {
  /** By which the widget knows the site. */
  readonly siteKey: string
  /** As Clerk's components name it. @default 'turnstile' */
  readonly provider?: string | undefined
  /** @default 'smart' */
  readonly widgetType?: 'smart' | 'invisible' | undefined
  /** Whether a token is one that the widget gave. */
  verify(token: string): Promise<boolean>
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
  /** Sends what is no code. */
  readonly sendNotice: ((notice: Notice) => Promise<void>) | undefined
  readonly signUps: SignUpRules
  /** Whether a password is known to have been stolen somewhere; undefined asks nobody. */
  readonly isBreached: ((password: string) => Promise<boolean>) | undefined
}

/** What a change of a user needs of the world, whoever makes it. */
export type ChangingDeps = Pick<Deps, 'storage' | 'clock' | 'history'>

/** The code of test instances, which send nothing. */
export const testCode = '424242'
