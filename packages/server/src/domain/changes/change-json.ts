import { canRead, kinds, metadataParam, type Side } from '@acme/schema'
import type { UserChangeJson } from '@acme/schema/wire'
import type { ChangeRow } from '../../storage/rows.ts'

/** A change as each side may see it. By which key, session and request it came about is the back end's to know. */
export interface ChangeJsonOf {
  readonly frontend: Pick<
    UserChangeJson,
    'object' | 'user_id' | 'version' | 'action' | 'created_at' | 'side' | 'fields'
  >
  readonly backend: UserChangeJson
}

/** Projects a change to what a side may see: of which metadata that is, the matrix says. */
export function changeJson<S extends Side>(change: ChangeRow, side: S): ChangeJsonOf[S] {
  const { userId, version, action, at, actor, fields } = change
  const unreadable = new Set<string>(kinds.filter((kind) => !canRead(side, kind)).map(metadataParam))
  const readable = kinds.filter((kind) => canRead(side, kind) && change.metadata[kind])
  return {
    object: 'user_change',
    user_id: userId,
    version,
    action,
    created_at: at,
    side: actor.side,
    ...(side === 'backend' && {
      key_id: actor.keyId ?? null,
      through: actor.through ?? null,
      session_id: actor.sessionId ?? null,
      trace_id: actor.traceId ?? null,
      idempotency_key: actor.idempotencyKey ?? null,
      migration: actor.migration ?? null,
    }),
    fields: fields.filter((name) => !unreadable.has(name)),
    ...Object.fromEntries(readable.map((kind) => [metadataParam(kind), change.metadata[kind]])),
  } as unknown as ChangeJsonOf[S]
}
