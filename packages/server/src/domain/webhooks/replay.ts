import type { ReplayWebhooksBody } from '@acme/schema/wire'
import { deliveryId } from '../../storage/delivery-query.ts'
import type { WebhookDeliveryRow } from '../../storage/rows.ts'
import type { Key } from '../../storage/storage.ts'
import { firstId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { notFound, paramFault } from '../fault.ts'
import { undeliveredLifetime } from './lifetimes.ts'
import { findDelivery } from './list-deliveries.ts'

/** How many events are taken up in one transaction, and by one request. */
const pageSize = 500
const maxPages = 20

/** What was taken up to be sent again. */
export interface Replay {
  readonly replayed: number
  readonly hasMore: boolean
  readonly lastEventId: string | null
}

/**
 * Has events sent again at once, under the ids they have: one, or those of a time, oldest first.
 *
 * @throws Fault 404 or 422
 */
export async function replay(deps: Deps, endpointId: string, body: ReplayWebhooksBody): Promise<Replay> {
  const { event_id: eventId, since, until, status, starting_after: startingAfter } = body
  if (eventId !== undefined) {
    const isMade = (await again(deps, [deliveryId(endpointId, eventId)])) > 0
    // One that waits to be told is as good as pending.
    if (!isMade && !(await findDelivery(deps.storage, endpointId, eventId))) throw notFound('webhook event', eventId)
    return { replayed: 1, hasMore: false, lastEventId: eventId }
  }
  if (since === undefined && until === undefined && status === undefined) {
    const long = 'Give an event_id, a time (since, until), or status parked for all that were given up.'
    throw paramFault('since', 'form_param_missing', 'is missing', long)
  }
  const boundary = (time: number | undefined) =>
    time === undefined ? undefined : deliveryId(endpointId, firstId('webhookEvent', Math.max(0, time)))
  const beforeId = boundary(until)
  let afterId = startingAfter === undefined ? boundary(since) : deliveryId(endpointId, startingAfter)
  let replayed = 0
  let lastEventId: string | null = null
  for (let page = 0; page < maxPages; page++) {
    const rows = await deps.storage.listDeliveries({
      endpointId,
      by: 'time',
      direction: 'ascending',
      limit: pageSize,
      isParked: status === 'parked',
      afterId,
      beforeId,
    })
    replayed += await again(
      deps,
      rows.map(({ id }) => id),
    )
    const last = rows.at(-1)
    if (last) {
      afterId = last.id
      lastEventId = last.eventId
    }
    if (rows.length < pageSize) return { replayed, hasMore: false, lastEventId }
  }
  return { replayed, hasMore: true, lastEventId }
}

/**
 * Makes deliveries due now, as if they had never been tried; gives how many are still there. One that is pending stays in
 * its place: those behind it wait for it.
 */
function again(deps: Deps, ids: readonly string[]): Promise<number> {
  return deps.storage.transact({
    reads: ids.map((id): Key => ({ collection: 'webhookDeliveries', id })),
    decide(rows) {
      const found = ids.map((id) => rows.get('webhookDeliveries', id)).filter((row) => row !== undefined)
      const now = deps.clock()
      const changed = { status: 'pending', attempts: 0, expireAt: now + undeliveredLifetime } as const
      const dueAt = (row: WebhookDeliveryRow) => (row.status === 'pending' && row.dueAt === null ? null : now)
      return {
        writes: found.map((row) => ({ put: 'webhookDeliveries', row: { ...row, ...changed, dueAt: dueAt(row) } })),
        result: found.length,
      }
    },
  })
}
