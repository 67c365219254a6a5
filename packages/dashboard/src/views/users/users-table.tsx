import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, LockKeyhole } from 'lucide-react'
import { type KeyboardEvent, type Ref, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { UserSearch } from '../../api/users.ts'
import { ErrorState } from '../../parts/states.tsx'
import { usePendingDeletions } from '../user/pending-deletions.ts'
import { type UserColumn, userColumn } from './columns.tsx'
import { narrowHeight, useNarrow } from './narrow.ts'
import { observeScaled, scaleOf, scrollScaled, show, tallest } from './tall.ts'
import { pageSize, useUserRows } from './user-pages.ts'
import { UserRow } from './user-row.tsx'

/** How tall a row is whose cells stand beside each other, in pixels: `--row` of the tokens. */
const wideHeight = 40

/** How many rows are placed from the same point, so that a row keeps its place while others come and go. */
const placed = 500

interface UsersTableProps {
  readonly search: UserSearch
  /** How many there are, where that is known by now. */
  readonly total: number | undefined
  readonly columns: readonly UserColumn[]
  onOrder(order: string): void
  readonly ref?: Ref<{ focus(): void }>
}

/** The users that were found, as many as there are: what is in sight is read, and what is far from it forgotten. */
export function UsersTable({ search, total, columns, onOrder, ref }: UsersTableProps) {
  const room = useRef<HTMLDivElement>(null)
  const scale = useRef(1)
  const most = useRef(1)
  const [, navigate] = useLocation()
  const [active, setActive] = useState(-1)
  const [known, setKnown] = useState(pageSize)
  const count = total ?? known
  const deleting = usePendingDeletions()
  const isNarrow = useNarrow()
  const rowHeight = isNarrow ? narrowHeight(columns.length) : wideHeight

  const observe = useMemo(() => observeScaled(scale), [])
  const scroll = useMemo(() => scrollScaled(scale), [])
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count,
    getScrollElement: () => room.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    observeElementOffset: observe,
    scrollToFn: scroll,
  })
  useLayoutEffect(() => virtual.measure(), [rowHeight, virtual])
  scale.current = scaleOf(count * rowHeight, virtual.scrollRect?.height ?? 0)

  const items = virtual.getVirtualItems()
  const { rowAt, first, error, refetch } = useUserRows(search, items[0]?.index ?? 0, items.at(-1)?.index ?? 0, count)
  if (total === undefined && first && first.length < known && items[0]?.index === 0) setKnown(first.length)

  const all = useMemo(() => [userColumn, ...columns], [columns])
  const template = isNarrow ? undefined : all.map(({ width }) => width).join(' ')
  const least = isNarrow ? undefined : all.reduce((sum, column) => sum + column.least, 0)
  // Rows that come take the elements of those that go.
  most.current = Math.max(most.current, items.length)
  const pool = most.current

  const go = (index: number) => {
    const next = Math.max(0, Math.min(count - 1, index))
    setActive(next)
    if (room.current) show(room.current, next * rowHeight, rowHeight, scale.current)
  }
  const perPage = Math.max(1, Math.floor((virtual.scrollRect?.height ?? 400) / rowHeight) - 2)
  const steps: Readonly<Record<string, () => number>> = {
    ArrowDown: () => active + 1,
    ArrowUp: () => active - 1,
    PageDown: () => active + perPage,
    PageUp: () => active - perPage,
    Home: () => 0,
    End: () => count - 1,
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps[event.key]
    const user = rowAt(active)
    if (step) go(step())
    else if (event.key === 'Enter' && user) navigate(`/users/${user.id}`)
    else return
    event.preventDefault()
  }
  useImperativeHandle(ref, () => ({
    focus() {
      room.current?.focus()
      if (active < 0) go(0)
    },
  }))

  if (error) return <ErrorState error={error} retry={() => void refetch()} />
  const shift = scale.current === 1 ? 0 : (virtual.scrollOffset ?? 0) * (1 / scale.current - 1)
  const base = Math.floor((items[0]?.index ?? 0) / placed) * placed * rowHeight
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows that are not in sight are not there, which a table element cannot say
    <div
      ref={room}
      className="users-room"
      role="grid"
      aria-label="Users"
      aria-rowcount={count + 1}
      aria-activedescendant={rowAt(active) ? `user-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (active < 0) setActive(items[0]?.index ?? 0)
      }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div
        className="users-head"
        role="row"
        aria-rowindex={1}
        tabIndex={-1}
        style={{ gridTemplateColumns: template, minWidth: least }}
      >
        {all.map((column) => (
          <Head key={column.id} column={column} order={search.orderBy ?? ''} onOrder={onOrder} />
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div
        role="rowgroup"
        className="users-rows"
        style={{ height: Math.min(count * rowHeight, tallest()), minWidth: least }}
      >
        <div role="presentation" style={{ transform: `translateY(${base + shift}px)` }}>
          {items.map(({ index, start }) => {
            const user = rowAt(index)
            return (
              <UserRow
                key={index % pool}
                index={index}
                user={user}
                columns={all}
                template={template}
                top={start - base}
                height={rowHeight}
                isActive={index === active}
                isDeleting={user !== undefined && deleting.has(user.id)}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

interface HeadProps {
  readonly column: UserColumn
  readonly order: string
  onOrder(order: string): void
}

function Head({ column, order, onOrder }: HeadProps) {
  const isAscending = order === column.order
  const isDescending = order === `-${column.order}`
  const Arrow = isAscending ? ArrowUp : ArrowDown
  const words = (
    <>
      {column.hidden && <LockKeyhole size={12} aria-label="private" />}
      <span>{column.title}</span>
    </>
  )
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the rows
    // biome-ignore lint/a11y/useFocusableInteractive: the button in it is
    <div
      role="columnheader"
      className={`users-cell ${column.numeric ? 'numeric' : ''}`}
      aria-sort={isAscending ? 'ascending' : isDescending ? 'descending' : undefined}
      data-hidden={column.hidden || undefined}
    >
      {column.order ? (
        <button
          type="button"
          className="users-order"
          onClick={() =>
            onOrder(
              isDescending
                ? `${column.order}`
                : isAscending || column.order?.endsWith('_at')
                  ? `-${column.order}`
                  : `${column.order}`,
            )
          }
        >
          {words}
          {(isAscending || isDescending) && <Arrow size={12} aria-hidden />}
        </button>
      ) : (
        words
      )}
    </div>
  )
}
