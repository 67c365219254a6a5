import { deliveryId } from '../../storage/delivery-query.ts'
import type { WebhookDeliveryRow } from '../../storage/rows.ts'
import type { Storage } from '../../storage/storage.ts'
import { timeOfId } from '../create-id.ts'
import { deliveriesOf } from './deliveries-of.ts'

/** How many changes are looked at at once, and how often, for those that an endpoint is to be told of. */
const pageSize = 200
const maxPages = 25

/** A page of what was and is to be sent to an endpoint, newest first, whether or not deliveries are made of it yet. */
export async function listDeliveries(
  storage: Storage,
  endpointId: string,
  page: { readonly limit: number; readonly after: string | undefined; readonly isParked: boolean },
): Promise<{ readonly rows: readonly WebhookDeliveryRow[]; readonly hasMore: boolean }> {
  const { limit, after, isParked } = page
  // Before those that are made, so that none is missed that is made meanwhile.
  const untold = isParked ? [] : await untoldUntil(storage, endpointId, limit + 1, after)
  const beforeId = after === undefined ? undefined : deliveryId(endpointId, after)
  const query = { endpointId, by: 'time', direction: 'descending', isParked, beforeId } as const
  const made = await storage.listDeliveries({ ...query, limit: limit + 1 })
  const rows = [...new Map([...untold, ...made].map((row) => [row.id, row])).values()]
  rows.sort((a, b) => (a.id < b.id ? 1 : -1))
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit }
}

/** What was or is to be sent to an endpoint of one event. */
export async function findDelivery(
  storage: Storage,
  endpointId: string,
  eventId: string,
): Promise<WebhookDeliveryRow | undefined> {
  const id = deliveryId(endpointId, eventId)
  const isIt = (row: WebhookDeliveryRow) => row.id === id
  const find = () => storage.find('webhookDeliveries', id)
  const untold = async () => (await untoldUntil(storage, endpointId, 1, `${eventId}~`)).find(isIt)
  // It may be made as it is looked for.
  return (await find()) ?? (await untold()) ?? (await find())
}

/**
 * What is to be sent to an endpoint of changes that are untold: the newest of it at the least, of those before an event, if one
 * is named.
 */
async function untoldUntil(
  storage: Storage,
  endpointId: string,
  limit: number,
  before: string | undefined,
): Promise<readonly WebhookDeliveryRow[]> {
  const found: WebhookDeliveryRow[] = []
  let until = before === undefined ? Number.MAX_SAFE_INTEGER : timeOfId(before)
  for (let page = 0, size = pageSize; page < maxPages && found.length < limit; page++) {
    const changes = await storage.listUntold(size, until)
    const last = changes.length < size ? undefined : changes.at(-1)
    // Those of its moment may go on behind the page.
    const whole = last ? changes.filter(({ at }) => at !== last.at) : changes
    const own = whole.flatMap(deliveriesOf).filter((row) => row.endpointId === endpointId)
    found.push(...own.filter(({ eventId }) => before === undefined || eventId < before))
    if (!last) break
    if (whole.length === 0) size *= 4
    until = last.at
  }
  return found
}
