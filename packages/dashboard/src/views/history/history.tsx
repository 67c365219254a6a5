import './history.css'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ArrowLeft, History as HistoryIcon } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link, useParams, useSearchParams } from 'wouter'
import { historyQuery } from '../../api/history.ts'
import { following } from '../../api/live.ts'
import { nameOf, userQuery } from '../../api/users.ts'
import { Button } from '../../parts/button.tsx'
import { PageHeader } from '../../parts/page-header.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { EmptyState, ErrorState } from '../../parts/states.tsx'
import '../../parts/text-field.css'
import { ChangeEntry } from './change-entry.tsx'
import { fitting } from './fitting.ts'
import { RestoreDialog } from './restore-dialog.tsx'

/** What a user was and who changed it: a time line, the newest first. */
export function History() {
  const { id = '' } = useParams()
  const [search, setSearch] = useSearchParams()
  const path = search.get('path') ?? ''
  const [restoring, setRestoring] = useState<number>()
  const user = useQuery({ ...userQuery(id), refetchInterval: following() })
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...historyQuery(id),
    refetchInterval: following(),
  })
  const changes = useMemo(() => data?.pages.flat() ?? [], [data])
  const shown = useMemo(() => changes.flatMap((change) => fitting(change, path)), [changes, path])
  const name = user.data ? nameOf(user.data) : id

  return (
    <>
      <PageHeader
        back={
          <Link href={`/users/${id}`} className="link history-back">
            <ArrowLeft size={12} aria-hidden /> {name}
          </Link>
        }
        title="History"
        lead="Every change of this user, who made it, and what it was before."
        actions={
          <input
            className="input history-filter"
            aria-label="Only changes of a path"
            placeholder="Only changes of a path: public.plan"
            data-search
            value={path}
            onChange={({ target }) => setSearch(target.value ? { path: target.value } : {}, { replace: true })}
          />
        }
      />
      {isPending && <HistorySkeleton />}
      {error && changes.length === 0 && <ErrorState error={error} retry={() => void refetch()} />}
      {data && changes.length === 0 && (
        <EmptyState icon={HistoryIcon} title="Nothing is kept of this user’s past">
          Changes are kept for 90 days unless the server is told otherwise.
        </EmptyState>
      )}
      {changes.length > 0 && shown.length === 0 && (
        <EmptyState icon={HistoryIcon} title={`No change of ${path} here`}>
          {hasNextPage
            ? `None among the latest ${changes.length} changes. There are older ones.`
            : `None of the ${changes.length} changes that are kept touches it.`}
        </EmptyState>
      )}
      {shown.length > 0 && (
        <ol className="timeline" aria-label="Changes, the newest first">
          {shown.map(({ change, kinds }) => (
            <ChangeEntry
              key={change.version}
              change={change}
              kinds={kinds}
              isCurrent={change.version === user.data?.version}
              onRestore={change.action === 'delete' ? undefined : () => setRestoring(change.version)}
            />
          ))}
        </ol>
      )}
      {hasNextPage && (
        <div className="history-more">
          <Button onClick={() => fetchNextPage()} busy={isFetchingNextPage}>
            Show older changes
          </Button>
        </div>
      )}
      {restoring !== undefined && user.data && (
        <RestoreDialog user={user.data} version={restoring} onClose={() => setRestoring(undefined)} />
      )}
    </>
  )
}

function HistorySkeleton() {
  return (
    <div className="timeline" aria-busy="true">
      {[180, 260, 120, 220].map((width) => (
        <div key={width} className="timeline-entry">
          <Skeleton width={width} />
          <Skeleton width="60%" height={40} className="history-skeleton" />
        </div>
      ))}
    </div>
  )
}
