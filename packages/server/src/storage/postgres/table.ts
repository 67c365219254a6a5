import { isFresh } from '../delivery-query.ts'
import { type Collection, overAt, type Rows, type SessionRow, type UserRow, type WebhookDeliveryRow } from '../rows.ts'
import { userColumns } from '../user-columns.ts'
import { fold, searchText } from '../user-text.ts'

/** A column, and its type in SQL. */
type Columns = Readonly<Record<string, string>>

/** Where rows are kept, and what of a row. */
export interface Table {
  readonly name: string
  /** Those that name one row. */
  readonly key: readonly string[]
  readonly columns: Columns
  /** What is kept of a row, as JSON. */
  valuesOf(collection: Collection, row: Rows[Collection], data: string): object
}

const users: Table = {
  name: 'users',
  key: ['id'],
  columns: { id: 'text', updated_at: 'bigint', data: 'text' },
  valuesOf: (_, row, data) => ({ id: row.id, updated_at: (row as UserRow).updatedAt, data }),
}

/** What lists find and order users by, apart from the users: most writes change none of it. */
export const userLists: Table = {
  name: 'user_lists',
  key: ['id'],
  columns: {
    id: 'text',
    external_id: 'text',
    username: 'text',
    email_address: 'text',
    first_name: 'text',
    last_name: 'text',
    email_addresses: 'text[]',
    search: 'text',
    is_banned: 'boolean',
    created_at: 'bigint',
    last_sign_in_at: 'bigint',
    last_active_at: 'bigint',
  },
  valuesOf(_, row) {
    const user = row as UserRow
    return {
      id: user.id,
      ...userColumns(user),
      email_addresses: user.emailAddresses.map(({ emailAddress }) => fold(emailAddress)),
      search: searchText(user).all,
      is_banned: user.isBanned ?? false,
    }
  },
}

const sessions: Table = {
  name: 'sessions',
  key: ['id'],
  columns: { id: 'text', user_id: 'text', created_at: 'bigint', expire_at: 'bigint', data: 'text' },
  valuesOf(collection, row, data) {
    const { id, userId, createdAt } = row as SessionRow
    return { id, user_id: userId, created_at: createdAt, expire_at: overAt(collection, row), data }
  },
}

const webhookDeliveries: Table = {
  name: 'webhook_deliveries',
  key: ['id'],
  columns: {
    id: 'text',
    endpoint_id: 'text',
    shard: 'bigint',
    user_id: 'text',
    version: 'bigint',
    status: 'text',
    fresh: 'bigint',
    due_at: 'bigint',
    expire_at: 'bigint',
    data: 'text',
  },
  valuesOf(_, row, data) {
    const { id, endpointId, shard, userId, version, status, dueAt, expireAt } = row as WebhookDeliveryRow
    return {
      id,
      endpoint_id: endpointId,
      shard,
      user_id: userId,
      version,
      status,
      fresh: Number(isFresh(row as WebhookDeliveryRow)),
      due_at: dueAt,
      expire_at: expireAt,
      data,
    }
  },
}

const rows: Table = {
  name: 'rows',
  key: ['collection', 'id'],
  columns: { collection: 'text', id: 'text', expire_at: 'bigint', data: 'text' },
  valuesOf: (collection, row, data) => ({ collection, id: row.id, expire_at: overAt(collection, row), data }),
}

/** The tables whose rows are read; locked and written in this order. */
export const tables: readonly Table[] = [users, sessions, rows, webhookDeliveries]

/** The collections that have a table of their own. */
const own: { readonly [C in Collection]?: Table } = { users, sessions, webhookDeliveries }

/** The table of a collection. */
export function tableOf(collection: Collection): Table {
  return own[collection] ?? rows
}

/** Rows given as JSON, as a table of this form. */
function given({ columns }: Table, names: readonly string[], value: string): string {
  return `json_to_recordset(${value}::text::json) AS given (${names.map((name) => `${name} ${columns[name]}`)})`
}

/** Reads rows by their keys, in the order of their keys. */
export function selectSql(table: Table): string {
  const names = [...new Set(['id', ...table.key])]
  const kept = names.map((name) => `kept.${name}`)
  const on = table.key.map((name) => `kept.${name} = given.${name}`).join(' AND ')
  return `SELECT ${kept}, kept.data FROM ${table.name} AS kept JOIN ${given(table, table.key, '$1')} ON ${on} ORDER BY ${table.key.map((name) => `kept.${name}`)}`
}

/** Adds rows, each of which must be new. */
export function insertSql(table: Table): string {
  const names = Object.keys(table.columns)
  return `INSERT INTO ${table.name} (${names}) SELECT ${names} FROM ${given(table, names, '$1')}`
}

/** Adds rows, or puts them in the place of those that are there. */
export function upsertSql(table: Table): string {
  const set = Object.keys(table.columns)
    .filter((name) => !table.key.includes(name))
    .map((name) => `${name} = excluded.${name}`)
  return `${insertSql(table)} ON CONFLICT (${table.key}) DO UPDATE SET ${set}`
}

/** Deletes rows by their keys. */
export function deleteSql(table: Table): string {
  const on = table.key.map((name) => `${table.name}.${name} = given.${name}`).join(' AND ')
  return `DELETE FROM ${table.name} USING ${given(table, table.key, '$1')} WHERE ${on}`
}

/** Deletes the webhook deliveries that are about some users. */
export const forgetDeliveriesSql: string =
  'DELETE FROM webhook_deliveries USING json_to_recordset($1::text::json) AS given (user_id text, before bigint) ' +
  'WHERE webhook_deliveries.user_id = given.user_id AND webhook_deliveries.version < given.before ' +
  'AND webhook_deliveries.fresh = 0'
