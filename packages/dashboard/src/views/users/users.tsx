import './users.css'
import { useQuery } from '@tanstack/react-query'
import { Mail, Plus, SearchX, Users as UsersIcon } from 'lucide-react'
import { useMemo, useRef } from 'react'
import { following } from '../../api/live.ts'
import { schemasQuery } from '../../api/schemas.ts'
import { type UserSearch, userCountQuery } from '../../api/users.ts'
import { Button } from '../../parts/button.tsx'
import { PageHeader } from '../../parts/page-header.tsx'
import { EmptyState, ErrorState } from '../../parts/states.tsx'
import { useKeys } from '../../shell/keys.ts'
import { ColumnPicker } from './column-picker.tsx'
import { columnOf } from './columns.tsx'
import { CreateUser } from './create-user.tsx'
import { ExportMenu } from './export-menu.tsx'
import { toParams } from './filters.ts'
import { InviteUser } from './invite-user.tsx'
import { SearchBox } from './search-box.tsx'
import { useSearchState } from './search-state.ts'
import { UsersTable } from './users-table.tsx'

/** Everybody, and whom one looks for. */
export function Users() {
  const [state, change] = useSearchState()
  const { text, filters, order } = state
  const schemas = useQuery(schemasQuery).data?.schemas
  const search = useMemo((): UserSearch => {
    const params = toParams(filters, schemas ?? {})
    return { orderBy: order, ...(text && { query: text }), ...(params.length > 0 && { filters: params }) }
  }, [text, filters, order, schemas])
  const columns = useMemo(() => state.columns.map(columnOf).filter((column) => column !== undefined), [state.columns])
  const count = useQuery({
    ...userCountQuery(search),
    refetchInterval: following(),
    placeholderData: (before) => before,
  })
  const table = useRef<{ focus(): void }>(null)
  const isSearching = text !== '' || filters.length > 0
  const create = () => change({ isCreating: true })
  useKeys({ c: create })

  return (
    <div className="users">
      <PageHeader
        title="Users"
        note={count.data?.toLocaleString('en')}
        actions={
          <>
            <ColumnPicker columns={state.columns} onChange={(next) => change({ columns: next }, true)} />
            <ExportMenu search={search} columns={columns} />
            <Button onClick={() => change({ isInviting: true })}>
              <Mail size={15} aria-hidden />
              Invite
            </Button>
            <Button look="main" onClick={create}>
              <Plus size={15} aria-hidden />
              Create user
            </Button>
          </>
        }
      />
      <div className="users-search">
        <SearchBox state={state} onChange={change} onDown={() => table.current?.focus()} />
      </div>
      {count.error && count.data === undefined ? (
        <ErrorState error={count.error} retry={() => void count.refetch()} />
      ) : count.data === 0 ? (
        isSearching ? (
          <EmptyState
            icon={SearchX}
            title="Nobody was found"
            action={<Button onClick={() => change({ text: '', filters: [] })}>Clear the search</Button>}
          >
            Names, usernames and e-mail addresses are found by any part of them, ids by how they begin.
          </EmptyState>
        ) : (
          <EmptyState
            icon={UsersIcon}
            title="There are no users yet"
            action={
              <Button look="main" onClick={create}>
                Create user
              </Button>
            }
          >
            Whoever signs up in your app appears here. You can also create somebody to try it out.
          </EmptyState>
        )
      ) : (
        <UsersTable
          key={JSON.stringify(search)}
          ref={table}
          search={search}
          total={count.isPlaceholderData ? undefined : count.data}
          columns={columns}
          onOrder={(next) => change({ order: next }, true)}
        />
      )}
      {state.isInviting && <InviteUser onClose={() => change({ isInviting: false }, true)} />}
      {state.isCreating && <CreateUser onClose={() => change({ isCreating: false }, true)} />}
    </div>
  )
}
