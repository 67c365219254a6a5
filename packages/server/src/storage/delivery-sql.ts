import { type DeliveryQuery, deliveryIds } from './delivery-query.ts'

type Value = string | number

/** Writes a question for deliveries as SQL that both databases take; `bind` gives the name that stands for a value. */
export function deliverySql(query: DeliveryQuery, bind: (value: Value) => string): string {
  const select = (conditions: readonly string[], order: string) =>
    `SELECT data FROM webhook_deliveries WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT ${bind(query.limit)}`
  if (query.by === 'due') {
    const conditions = [
      `endpoint_id = ${bind(query.endpointId)}`,
      `shard = ${bind(query.shard)}`,
      `due_at <= ${bind(query.dueBy)}`,
    ]
    return select(conditions, 'due_at, version, id')
  }
  if (query.by === 'user') {
    const conditions = [
      `endpoint_id = ${bind(query.endpointId)}`,
      `user_id = ${bind(query.userId)}`,
      "status = 'pending'",
      'fresh = 0',
    ]
    return select(conditions, 'version')
  }
  const [before, behind] = deliveryIds(query.endpointId)
  const conditions = [
    `id > ${bind(query.afterId ?? before)}`,
    `id < ${bind(query.beforeId ?? behind)}`,
    ...(query.isParked ? ["status = 'parked'"] : []),
  ]
  return select(conditions, query.direction === 'ascending' ? 'id' : 'id DESC')
}
