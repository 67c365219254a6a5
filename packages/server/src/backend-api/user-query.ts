import type { Deps } from '../domain/deps.ts'
import { paramFault } from '../domain/fault.ts'
import { toConditions } from '../domain/metadata/indexes/metadata-questions.ts'
import type { UserFilter, UserOrder, UserQuery } from '../storage/storage.ts'
import { readMetadataQuestions } from './metadata-query.ts'

const orders: Readonly<Record<string, UserOrder>> = {
  created_at: 'created_at',
  updated_at: 'updated_at',
  last_sign_in_at: 'last_sign_in_at',
  last_active_at: 'last_active_at',
  email_address: 'email_address',
  username: 'username',
  first_name: 'first_name',
  last_name: 'last_name',
  // Nobody has one here, so that the tie-breaker is all there is.
  phone_number: 'id',
  web3wallet: 'id',
}

const lists = { email_address: 'emailAddresses', username: 'usernames' } as const

/** Lists whose values may begin with `+` (among these, as without it) or `-` (all but these). */
const signedLists = {
  user_id: ['userIds', 'notUserIds'],
  external_id: ['externalIds', 'notExternalIds'],
} as const

/** What nobody has here: asking for a value of one finds nobody. */
const unheld = ['phone_number', 'phone_number_query', 'web3_wallet', 'organization_id', 'provider', 'provider_user_id']

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
  last_active_at_since: 'lastActiveAtAfter',
} as const

/** Reads which users are asked for. Parameters that are not known are passed over, as Clerk does. */
export async function readUserFilter(deps: Deps, query: URLSearchParams): Promise<UserFilter> {
  const filter: Record<string, unknown> = {}
  for (const [param, name] of Object.entries(lists)) {
    const values = readList(query, param)
    if (values.length > 0) filter[name] = values
  }
  for (const [param, [name, notName]] of Object.entries(signedLists)) {
    const values = readList(query, param)
    const excluded = values.filter((value) => value.startsWith('-'))
    const included = values.filter((value) => !value.startsWith('-'))
    if (included.length > 0) filter[name] = included.map((value) => value.replace(/^[+ ]/, ''))
    if (excluded.length > 0) filter[notName] = excluded.map((value) => value.slice(1))
  }
  if (unheld.some((param) => readList(query, param).some((value) => !value.startsWith('-')))) filter['userIds'] = []
  const banned = query.get('banned')
  if (banned) filter['isBanned'] = readBoolean('banned', banned)
  for (const [param, name] of Object.entries(texts)) {
    const value = query.get(param)
    if (value) filter[name] = value
  }
  for (const [param, name] of Object.entries(times)) {
    const value = query.get(param)
    if (value !== null) filter[name] = readNumber(param, value, -8.64e15, 8.64e15)
  }
  const metadata = await toConditions(deps, readMetadataQuestions(query))
  if (metadata.length > 0) filter['metadata'] = metadata
  return filter
}

/** Reads a page of users as it is asked for. */
export async function readUserQuery(deps: Deps, query: URLSearchParams): Promise<UserQuery> {
  // A raw + has become a space on its way.
  const [, sign, orderBy] = /^([+-]?)(\w+)$/.exec((query.get('order_by') ?? '-created_at').trim()) ?? []
  if (orderBy === undefined || !Object.hasOwn(orders, orderBy)) {
    throw paramFault('order_by', 'form_param_value_invalid', 'is not a field to order by')
  }
  const limit = readNumber('limit', query.get('limit') ?? '10', 1, 500)
  const offset = readNumber('offset', query.get('offset') ?? '0', 0, 1e9)
  const startingAfter = query.get('starting_after')
  const after = await readPlace(deps, startingAfter, query.get('acme_starting_at'))
  if (startingAfter !== null && (!after || offset > 0 || orderBy !== 'created_at')) {
    const long = 'starting_after names a user; it goes with order_by created_at and without an offset.'
    throw paramFault('starting_after', 'form_param_value_invalid', 'is invalid', long)
  }
  return {
    filter: await readUserFilter(deps, query),
    orderBy: orders[orderBy] as UserOrder,
    direction: sign === '-' ? 'descending' : 'ascending',
    limit,
    offset,
    after,
  }
}

/** Where a page begins: behind a user, or, by when they were created, where they were. */
async function readPlace(deps: Deps, id: string | null, createdAt: string | null): Promise<UserQuery['after']> {
  if (id === null) return undefined
  if (createdAt === null) return deps.storage.find('users', id)
  return { id, createdAt: readNumber('acme_starting_at', createdAt, -8.64e15, 8.64e15) }
}

function readList(query: URLSearchParams, param: string): string[] {
  const values = query.getAll(param).filter((value) => value !== '')
  if (values.length > 100) throw paramFault(param, 'form_param_array_size_exceeded', 'has more than 100 values')
  return values
}

function readBoolean(param: string, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw paramFault(param, 'form_param_value_invalid', 'is neither true nor false')
}

/** Reads a whole number within bounds. */
export function readNumber(param: string, text: string, least: number, most: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw paramFault(param, 'form_param_value_invalid', `is not a whole number from ${least} to ${most}`)
}
