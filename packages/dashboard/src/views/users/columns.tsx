import { canRead, metadataParam } from '@acme/schema'
import type { ReactNode } from 'react'
import { nameOf, primaryEmail, type User } from '../../api/users.ts'
import { readPlace, valueAt } from '../../metadata/schema-parts.ts'
import { shortId } from '../../parts/copy.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Time } from '../../parts/time.tsx'

/** A column of the table of users. */
export interface UserColumn {
  /** What the address calls it: a field, or a path of metadata. */
  readonly id: string
  readonly title: string
  /** What users are ordered by, where they can be. */
  readonly order?: string
  /** In the grammar of `grid-template-columns`: the least and the share. */
  readonly width: string
  readonly least: number
  readonly numeric?: boolean
  /** Whether what stands there says by itself what it is. */
  readonly isPlain?: boolean
  /** Whether no page of an app may see it. */
  readonly hidden?: boolean
  cell(user: User): ReactNode
  /** What an export has of it. */
  value(user: User): unknown
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

const time = (id: 'created_at' | 'updated_at' | 'last_sign_in_at' | 'last_active_at', title: string): UserColumn => ({
  id,
  title,
  order: id,
  width: 'minmax(128px, 0.6fr)',
  least: 128,
  cell: (user) => <Time at={user[id]} />,
  value: (user) => iso(user[id]),
})

const text = (
  id: string,
  title: string,
  read: (user: User) => string | null | undefined,
  order?: string,
): UserColumn => ({
  id,
  title,
  ...(order && { order }),
  width: 'minmax(150px, 1fr)',
  least: 150,
  cell: (user) => <Words text={read(user)} />,
  value: (user) => read(user) ?? null,
})

/** Whom a row is about: always there, and always first. */
export const userColumn: UserColumn = {
  id: 'user',
  title: 'User',
  isPlain: true,
  order: 'first_name',
  width: 'minmax(220px, 1.4fr)',
  least: 220,
  cell: (user) => (
    <>
      <span className="users-name">{nameOf(user)}</span>
      {user.banned && <Tag tone="bad">Banned</Tag>}
      {user.locked && <Tag tone="warn">Locked</Tag>}
    </>
  ),
  value: (user) => [user.first_name, user.last_name].filter(Boolean).join(' ') || null,
}

/** The fields that can be columns. */
export const fieldColumns: readonly UserColumn[] = [
  {
    id: 'email',
    title: 'E-mail address',
    isPlain: true,
    order: 'email_address',
    width: 'minmax(210px, 1.4fr)',
    least: 210,
    cell: (user) => <Words text={primaryEmail(user)} />,
    value: (user) => primaryEmail(user) ?? null,
  },
  {
    ...text('id', 'Id', (user) => user.id),
    isPlain: true,
    cell: (user) => <code title={user.id}>{shortId(user.id)}</code>,
  },
  text('username', 'Username', (user) => user.username, 'username'),
  text('external_id', 'External id', (user) => user.external_id),
  time('created_at', 'Created'),
  time('updated_at', 'Changed'),
  time('last_sign_in_at', 'Last sign-in'),
  time('last_active_at', 'Last active'),
  {
    id: 'version',
    title: 'Version',
    width: 'minmax(84px, 0.4fr)',
    least: 84,
    numeric: true,
    cell: (user) => user.version,
    value: (user) => user.version,
  },
]

/** What is shown where the address says nothing. */
export const usualColumns: readonly string[] = ['email', 'id', 'created_at', 'last_sign_in_at']

/** The column of a field or of a path of metadata. */
export function columnOf(id: string): UserColumn | undefined {
  return fieldColumns.find((column) => column.id === id) ?? metadataColumn(id)
}

function metadataColumn(path: string): UserColumn | undefined {
  const place = readPlace(path)
  if (!place) return undefined
  const value = (user: User) => valueAt(user[metadataParam(place.kind)], place.keys)
  return {
    id: path,
    title: path,
    width: 'minmax(140px, 1fr)',
    least: 140,
    hidden: !canRead('frontend', place.kind),
    cell: (user) => <MetadataValue value={value(user)} />,
    value,
  }
}

function Words({ text }: { readonly text: string | null | undefined }) {
  return text ? <span title={text}>{text}</span> : <span className="faint">–</span>
}

/** How much of a value a cell shows. */
const shown = 200

function MetadataValue({ value }: { readonly value: unknown }) {
  if (value === undefined) return <span className="faint">–</span>
  if (typeof value === 'string') return <span>{value.slice(0, shown)}</span>
  return <code>{JSON.stringify(value).slice(0, shown)}</code>
}
