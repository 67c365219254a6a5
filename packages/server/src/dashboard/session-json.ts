import type { DashboardSessionJson } from '@acme/schema/wire'
import { secretKeyId } from '../auth/secret-key.ts'
import { type DashboardSession, idleLimit, longestSession } from '../domain/dashboard/dashboard-sessions.ts'
import { serverVersion } from '../http/version.ts'
import type { Instance } from '../instance.ts'
import type { SecretKeyNote } from '../storage/rows.ts'
import type { StorageFacts } from '../storage/storage.ts'

/** What is shown of a session besides itself. */
export interface SessionFacts {
  readonly note: SecretKeyNote | undefined
  readonly engine: StorageFacts['engine']
  readonly proof: string
}

/** Tells the page who is signed in, and where. */
export function sessionJson(
  instance: Instance,
  { keyDigest, createdAt }: DashboardSession,
  { note, engine, proof }: SessionFacts,
): DashboardSessionJson {
  return {
    object: 'dashboard_session',
    proof,
    key: { id: secretKeyId(keyDigest), name: note?.name ?? null, scopes: note?.scopes ? [...note.scopes] : null },
    instance: {
      id: instance.id,
      type: instance.instanceType,
      origin: instance.origin,
      publishable_key: instance.publishableKey,
      version: serverVersion,
      storage: engine,
      sends_webhooks: instance.sendsWebhooks,
    },
    created_at: createdAt,
    expires_at: createdAt + longestSession,
    idle_seconds: idleLimit / 1_000,
  }
}
