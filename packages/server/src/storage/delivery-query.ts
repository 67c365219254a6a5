import type { WebhookDeliveryRow } from './rows.ts'

/** Which deliveries of an endpoint, and in which order. */
export type DeliveryQuery = {
  readonly endpointId: string
  readonly limit: number
} & (
  | {
      /**
       * Those of a share that are due by a time (milliseconds since the epoch, inclusive), the longest overdue first and
       * then by version.
       */
      readonly by: 'due'
      readonly shard: number
      readonly dueBy: number
    }
  | {
      /** Those of a user that are held, by version. */
      readonly by: 'user'
      readonly userId: string
    }
  | {
      /** Those of every state, or parked ones only, by the time they happened; between two ids, which are left out. */
      readonly by: 'time'
      readonly direction: 'ascending' | 'descending'
      readonly isParked?: boolean | undefined
      readonly afterId?: string | undefined
      readonly beforeId?: string | undefined
    }
)

/** The id of a delivery. Those of one endpoint sort as their events do, by time. */
export function deliveryId(endpointId: string, eventId: string): string {
  return `${endpointId}/${eventId}`
}

/** The ids that stand before and behind those of all deliveries of an endpoint. */
export function deliveryIds(endpointId: string): readonly [before: string, behind: string] {
  // The character after the slash.
  return [`${endpointId}/`, `${endpointId}0`]
}

/**
 * Whether nothing has become of a delivery yet. Most writes make one, so that what costs much to keep in order, such as
 * an index by user, holds only the others.
 */
export function isFresh({ status, isHeld }: WebhookDeliveryRow): boolean {
  return status === 'pending' && !isHeld
}

/** Answers a question from all rows, for a storage without indexes. */
export function selectDeliveries(
  rows: readonly WebhookDeliveryRow[],
  query: DeliveryQuery,
): readonly WebhookDeliveryRow[] {
  const fits = (row: WebhookDeliveryRow): boolean => {
    if (row.endpointId !== query.endpointId) return false
    if (query.by === 'due') return row.shard === query.shard && row.dueAt !== null && row.dueAt <= query.dueBy
    if (query.by === 'user') return row.userId === query.userId && row.status === 'pending' && row.isHeld
    return (
      (!query.isParked || row.status === 'parked') &&
      (query.afterId === undefined || row.id > query.afterId) &&
      (query.beforeId === undefined || row.id < query.beforeId)
    )
  }
  const compare = (a: WebhookDeliveryRow, b: WebhookDeliveryRow): number => {
    if (query.by === 'user') return a.version - b.version
    const byId = a.id < b.id ? -1 : 1
    if (query.by === 'due') return (a.dueAt ?? 0) - (b.dueAt ?? 0) || a.version - b.version || byId
    return query.direction === 'ascending' ? byId : -byId
  }
  return rows.filter(fits).sort(compare).slice(0, query.limit)
}
