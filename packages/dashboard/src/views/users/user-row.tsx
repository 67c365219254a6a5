import { memo } from 'react'
import { Link, useLocation } from 'wouter'
import type { User } from '../../api/users.ts'
import { Skeleton } from '../../parts/skeleton.tsx'
import type { UserColumn } from './columns.tsx'

interface UserRowProps {
  readonly index: number
  /** Undefined while they are read. */
  readonly user: User | undefined
  readonly columns: readonly UserColumn[]
  /** In the grammar of `grid-template-columns`; undefined where the cells stand below each other. */
  readonly template: string | undefined
  /** From the top of the window that rows stand in, in pixels. */
  readonly top: number
  readonly height: number
  readonly isActive: boolean
  readonly isDeleting: boolean
}

/** A row of the table of users. It is drawn anew when something of it changes, and not because one scrolls. */
export const UserRow = memo(function UserRow(props: UserRowProps) {
  const { index, user, columns, template, top, height, isActive, isDeleting } = props
  const [, navigate] = useLocation()
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the grid's
    // biome-ignore lint/a11y/useSemanticElements: rows that are not in sight are not there, which a table element cannot say
    // biome-ignore lint/a11y/useFocusableInteractive: the grid names the row that is active
    <div
      id={`user-${index}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isActive}
      data-deleting={isDeleting || undefined}
      className="users-row"
      style={{ gridTemplateColumns: template, height, transform: `translateY(${top}px)` }}
      onClick={(event) => {
        if (!user || event.target instanceof HTMLAnchorElement) return
        navigate(`/users/${user.id}`)
      }}
    >
      {columns.map((column, place) => (
        // biome-ignore lint/a11y/useSemanticElements: as above
        // biome-ignore lint/a11y/useFocusableInteractive: as above
        <div
          key={column.id}
          role="gridcell"
          className={`users-cell ${column.numeric ? 'numeric' : ''}`}
          data-hidden={column.hidden || undefined}
          data-title={column.isPlain ? undefined : column.title}
        >
          {!user ? (
            <Skeleton width={place === 0 ? 140 : 90} />
          ) : place === 0 ? (
            <Link href={`/users/${user.id}`} tabIndex={-1} className="users-link">
              {column.cell(user)}
            </Link>
          ) : (
            column.cell(user)
          )}
        </div>
      ))}
    </div>
  )
})
