import type { OverviewJson, OverviewMinuteJson } from '@acme/schema/wire'
import type { StorageFacts } from '../../storage/storage.ts'
import type { Activity, Minute } from './activity.ts'
import type { Warning } from './warnings.ts'

/** What an overview is made of. */
export interface OverviewParts {
  readonly now: number
  readonly activity: Activity
  readonly users: number
  readonly storage: StorageFacts
  readonly warnings: readonly Warning[]
  /** What else there is to say, in the names of the wire. */
  readonly facts: Pick<OverviewJson, 'server_version' | 'instance_type' | 'metadata_schemas_version' | 'open_streams'>
}

/** Tells how an instance is, and what this process of it did of late. */
export function overviewJson({ now, activity, users, storage, warnings, facts }: OverviewParts): OverviewJson {
  return {
    object: 'overview',
    now,
    started_at: activity.startedAt,
    users,
    storage: storage.engine,
    database_bytes: storage.bytes,
    ...facts,
    minutes: activity.minutes().map(minuteJson),
    warnings: warnings.map(({ code, message, place }) => ({ code, message, place: place ?? null })),
  }
}

function minuteJson(minute: Minute): OverviewMinuteJson {
  return {
    at: minute.at,
    requests: minute.requests,
    writes: minute.writes,
    sign_ups: minute.signUps,
    sign_ins: minute.signIns,
    client_errors: minute.clientErrors,
    server_errors: minute.serverErrors,
    p50_ms: rounded(minute.timings.quantile(0.5)),
    p99_ms: rounded(minute.timings.quantile(0.99)),
  }
}

/** Two figures, which is what is known. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(2))
}
