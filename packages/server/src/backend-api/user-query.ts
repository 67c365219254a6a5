import { paramFault } from '../domain/fault.ts'
import type { Storage, UserFilter, UserOrder, UserQuery } from '../storage/storage.ts'

const orders: Readonly<Record<UserOrder, true>> = {
  created_at: true,
  updated_at: true,
  last_sign_in_at: true,
  last_active_at: true,
  email_address: true,
  username: true,
  first_name: true,
  last_name: true,
}

const lists = {
  user_id: 'userIds',
  external_id: 'externalIds',
  email_address: 'emailAddresses',
  username: 'usernames',
} as const

const texts = {
  query: 'query',
  email_address_query: 'emailAddressQuery',
  username_query: 'usernameQuery',
  name_query: 'nameQuery',
} as const

const times = {
  created_at_before: 'createdAtBefore',
  created_at_after: 'createdAtAfter',
  last_sign_in_at_before: 'lastSignInAtBefore',
  last_sign_in_at_after: 'lastSignInAtAfter',
  last_active_at_before: 'lastActiveAtBefore',
  last_active_at_after: 'lastActiveAtAfter',
} as const

/** Reads which users are asked for. Parameters that are not known are passed over, as Clerk does. */
export function readUserFilter(query: URLSearchParams): UserFilter {
  const filter: Record<string, unknown> = {}
  for (const [param, name] of Object.entries(lists)) {
    const values = query.getAll(param).filter((value) => value !== '')
    if (values.length > 100) throw paramFault(param, 'form_param_array_size_exceeded', 'has more than 100 values')
    if (values.length > 0) filter[name] = values
  }
  for (const [param, name] of Object.entries(texts)) {
    const value = query.get(param)
    if (value) filter[name] = value
  }
  for (const [param, name] of Object.entries(times)) {
    const value = query.get(param)
    if (value !== null) filter[name] = readNumber(param, value, -8.64e15, 8.64e15)
  }
  return filter
}

/** Reads a page of users as it is asked for. */
export async function readUserQuery(storage: Storage, query: URLSearchParams): Promise<UserQuery> {
  // A raw + has become a space on its way.
  const [, sign, orderBy] = /^([+-]?)(\w+)$/.exec((query.get('order_by') ?? '-created_at').trim()) ?? []
  if (orderBy === undefined || !Object.hasOwn(orders, orderBy)) {
    throw paramFault('order_by', 'form_param_value_invalid', 'is not a field to order by')
  }
  const limit = readNumber('limit', query.get('limit') ?? '10', 1, 500)
  const offset = readNumber('offset', query.get('offset') ?? '0', 0, 1e9)
  const startingAfter = query.get('starting_after')
  const after = startingAfter === null ? undefined : await storage.find('users', startingAfter)
  if (startingAfter !== null && (!after || offset > 0 || orderBy !== 'created_at')) {
    const long = 'starting_after names a user; it goes with order_by created_at and without an offset.'
    throw paramFault('starting_after', 'form_param_value_invalid', 'is invalid', long)
  }
  return {
    filter: readUserFilter(query),
    orderBy: orderBy as UserOrder,
    direction: sign === '-' ? 'descending' : 'ascending',
    limit,
    offset,
    after,
  }
}

function readNumber(param: string, text: string, least: number, most: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw paramFault(param, 'form_param_value_invalid', `is not a whole number from ${least} to ${most}`)
}
