import { canRead, type Kind, kinds } from '@acme/schema'
import type { ChangeRow, Collection, MigratedUserRow, Rows } from '../rows.ts'

/** Changes a value that is to be sealed, by the name of its place in the row. */
export type MapValue = <Value>(value: Value, name: string) => Value

/** Gives a row with the values in it changed that are to be sealed; a row of which none is, as it is. */
type MapRow<Row> = (row: Row, map: MapValue) => Row

/** The kinds of metadata that are sealed where metadata is: those that no page may read. */
export const sealedKinds: readonly Kind[] = kinds.filter((kind) => !canRead('frontend', kind))

/** Secrets of the server, which are sealed wherever there is a key to seal by. */
export const secretValues: { readonly [C in Collection]?: MapRow<Rows[C]> } = {
  instances: (row, map) => ({
    ...row,
    signingKey: map(row.signingKey, 'signingKey'),
    ...(row.signingKeys && {
      signingKeys: row.signingKeys.map((one) => ({ ...one, key: map(one.key, `signingKeys/${one.kid}`) })),
    }),
  }),
  webhookEndpoints: (row, map) => ({
    ...row,
    secrets: row.secrets.map((one) => ({ ...one, secret: map(one.secret, 'secrets') })),
  }),
}

/** Where metadata is kept that no page may read, which is sealed where that is asked for. */
export const metadataValues: { readonly [C in Collection]?: MapRow<Rows[C]> } = {
  users: (row, map) => withKinds(row, 'metadata', map),
  migratedUsers: (row, map) => withKinds(withKinds(row, 'before', map), 'made', map),
  // Whatever it shows.
  replies: (row, map) => (row.body === undefined ? row : { ...row, body: map(row.body, 'body') }),
}

/** The same of a change of a user. */
export const changeValues: MapRow<ChangeRow> = (row, map) => withKinds(row, 'metadata', map)

type Holder = Pick<MigratedUserRow, 'before' | 'made'> & { readonly metadata: object }

function withKinds<Row extends object, Name extends keyof Row & keyof Holder>(
  row: Row,
  name: Name,
  map: MapValue,
): Row {
  const before = row[name] as { readonly [K in Kind]?: unknown } | null
  const found = before ? sealedKinds.filter((kind) => !isNothing(before[kind])) : []
  if (found.length === 0) return row
  const mapped = Object.fromEntries(found.map((kind) => [kind, map(before?.[kind], `${name}/${kind}`)]))
  return { ...row, [name]: { ...before, ...mapped } }
}

/** Of what is not there there is nothing to seal, and of what is empty nothing to know. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}
