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
  const parked = endpoints.filter(({ id }) => looked.parkedAt.includes(id))
  return [
    ...broken.map(
      ({ path, duplicates = 0 }): Warning => ({
        code: 'unique_index_broken',
        message: `${path} is to be unique, and ${duplicates} users have a value that another one has.`,
        place: path,
      }),
    ),
    ...parked.map(
      ({ id, url }): Warning => ({
        code: 'webhook_deliveries_parked',
        message: `Events for ${hostOf(url)} were given up: see why, and replay them.`,
        place: id,
      }),
    ),
    ...failed.map(
      ({ id, kind, error }): Warning => ({
        code: 'job_failed',
        message: `${kind} failed${error ? ` by ${error.code}` : ''}.`,
        place: id,
      }),
    ),
    ...authorizationNames(schemas?.schemas ?? {}, schemas?.options?.claims).map(
      ({ path, message }): Warning => ({ code: 'authorization_in_unsafe', message, place: path }),
    ),
    ...(schemas?.pending
      ? [
          {
            code: 'schemas_pending',
            message: `Version ${schemas.pending.version} of the schemas holds once all users were looked through.`,
            place: schemas.pending.jobId,
          } as const,
        ]
      : []),
    ...endpoints
      .filter(({ isPaused }) => isPaused)
      .map(
        ({ id, url }): Warning => ({
          code: 'webhook_endpoint_paused',
          message: `${hostOf(url)} is paused: its events wait.`,
          place: id,
        }),
      ),
    ...(looked.keepsHistory
      ? []
      : [{ code: 'history_off', message: 'Nothing is kept of what changes about users.' } as const]),
    ...(looked.sendsCodes
      ? []
      : [{ code: 'codes_not_sent', message: 'A test instance: no mail is sent, and every code is 424242.' } as const]),
  ]
}

/** Where an endpoint is, without what its address may hold besides. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an endpoint'
}
