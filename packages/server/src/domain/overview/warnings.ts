import type { JobRow, MetadataSchemasRow, WebhookEndpointRow } from '../../storage/rows.ts'
import { authorizationNames } from '../claims/authorization-names.ts'

/** Something that whoever runs the server should see to. */
export interface Warning {
  readonly code:
    | 'authorization_in_unsafe'
    | 'unique_index_broken'
    | 'schemas_pending'
    | 'job_failed'
    | 'webhook_deliveries_parked'
    | 'webhook_endpoint_paused'
    | 'codes_not_sent'
    | 'history_off'
  readonly message: string
  /** Which one it is about: a path, or an id. */
  readonly place?: string | undefined
}

/** What is looked at. */
export interface Looked {
  readonly now: number
  readonly schemas: MetadataSchemasRow | undefined
  readonly jobs: readonly JobRow[]
  readonly endpoints: readonly WebhookEndpointRow[]
  /** The endpoints that something was given up for. */
  readonly parkedAt: readonly string[]
  readonly sendsCodes: boolean
  readonly keepsHistory: boolean
}

/** For how long a job that failed is told of, in milliseconds. */
const lately = 86_400_000

/** Finds what should be seen to, the worst first. It names paths, ids and addresses, and no value of any user. */
export function findWarnings(looked: Looked): readonly Warning[] {
  const { now, schemas, jobs, endpoints } = looked
  const failed = jobs.filter(({ status, endedAt }) => status === 'failed' && now - (endedAt ?? 0) < lately)
  const broken = (schemas?.indexes ?? []).filter(({ unique }) => unique === 'broken')
  const pending = schemas?.pending
  const parked = endpoints.filter(({ id }) => looked.parkedAt.includes(id))
  return [
    ...broken.map(({ path, duplicates = 0 }) =>
      warn('unique_index_broken', `${path} is to be unique, and ${duplicates} users share a value.`, path),
    ),
    ...parked.map(({ id, url }) =>
      warn('webhook_deliveries_parked', `Events for ${hostOf(url)} were given up: see why, and replay them.`, id),
    ),
    ...failed.map(({ id, kind, error }) =>
      warn('job_failed', `${kind} failed${error ? ` by ${error.code}` : ''}.`, id),
    ),
    ...authorizationNames(schemas?.schemas ?? {}, schemas?.options?.claims).map(({ path, message }) =>
      warn('authorization_in_unsafe', message, path),
    ),
    ...(pending
      ? [
          warn(
            'schemas_pending',
            `Version ${pending.version} of the schemas holds once all users were looked through.`,
            pending.jobId,
          ),
        ]
      : []),
    ...endpoints
      .filter(({ isPaused }) => isPaused)
      .map(({ id, url }) => warn('webhook_endpoint_paused', `${hostOf(url)} is paused: its events wait.`, id)),
    ...(looked.keepsHistory ? [] : [warn('history_off', 'Nothing is kept of what changes about users.')]),
    ...(looked.sendsCodes
      ? []
      : [warn('codes_not_sent', 'A test instance: no mail is sent, and every code is 424242.')]),
  ]
}

function warn(code: Warning['code'], message: string, place?: string): Warning {
  return { code, message, place }
}

/** Where an endpoint is, without what its address may hold besides. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an endpoint'
}
