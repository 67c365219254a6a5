import type { Recent } from './auth/recent.ts'
import type { AcceptedKey } from './auth/secret-key.ts'
import type { SessionTokens } from './auth/session-token.ts'
import type { ActiveClaims } from './domain/claims/active-claims.ts'
import type { Deps } from './domain/deps.ts'
import type { Activity } from './domain/overview/activity.ts'
import type { Traffic } from './domain/traffic.ts'
import type { Live } from './live/live.ts'

/** A running instance: what its rules need, and what its doors need besides. */
export interface Instance extends Deps {
  readonly id: string
  readonly publishableKey: string
  /** Where browsers reach this instance: the origin that its publishable key names. */
  readonly origin: string
  readonly tokens: SessionTokens
  /** What session tokens say of metadata. */
  readonly claims: ActiveClaims
  readonly secretKeys: Recent<readonly AcceptedKey[]>
  /** Notes that a secret key is used, beside the request. */
  readonly noteUse: (key: AcceptedKey) => void
  readonly allowedOrigins: ReadonlySet<string>
  readonly live: Live
  /** What this process did of late. */
  readonly activity: Activity
  /** The requests under way in this process. */
  readonly traffic: Traffic
  /** Whether somebody sends webhooks. */
  readonly sendsWebhooks: boolean
}
