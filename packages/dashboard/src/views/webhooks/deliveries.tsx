import type { WebhookDeliveryJson, WebhookEndpointJson } from '@acme/schema/wire'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Send } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { deliveriesQuery } from '../../api/webhooks.ts'
import { Button } from '../../parts/button.tsx'
import { shortId } from '../../parts/copy.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { EmptyState, ErrorState } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Time } from '../../parts/time.tsx'
import { Delivery } from './delivery.tsx'

interface DeliveriesProps {
  readonly endpoint: WebhookEndpointJson
  /** Only those that were given up. */
  readonly isParked: boolean
}

/** What was sent to an endpoint, what is to be, and what was given up. */
export function Deliveries({ endpoint, isParked }: DeliveriesProps) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    deliveriesQuery(endpoint.id, isParked),
  )
  const [shown, setShown] = useState<string>()
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} />
  if (!data) {
    return (
      <div className="webhooks-skeleton" aria-busy="true">
        {[0, 1, 2, 3].map((row) => (
          <Skeleton key={row} height={24} />
        ))}
      </div>
    )
  }
  const rows = data.pages.flatMap((page) => page.data)
  if (rows.length === 0) {
    return isParked ? (
      <EmptyState icon={Send} title="Nothing was given up">
        What is not answered within three days is kept here, to be sent again.
      </EmptyState>
    ) : (
      <EmptyState icon={Send} title="Nothing was sent yet">
        The next change of a user is. Change one, and it shows here.
      </EmptyState>
    )
  }
  return (
    <>
      <Table
        label="Deliveries, the newest first"
        rows={rows}
        rowKey={(row) => row.event_id}
        columns={[
          {
            id: 'event',
            title: 'Event',
            cell: (row) => (
              <button type="button" className="link" onClick={() => setShown(row.event_id)}>
                {row.type}
              </button>
            ),
          },
          { id: 'state', title: 'State', cell: (row) => <State delivery={row} /> },
          {
            id: 'user',
            title: 'User',
            wideOnly: true,
            cell: (row) => (
              <Link href={`/users/${row.user_id}/history`} className="link">
                {shortId(row.user_id)}
              </Link>
            ),
          },
          { id: 'version', title: 'Version', numeric: true, wideOnly: true, cell: (row) => row.version },
          { id: 'attempts', title: 'Attempts', numeric: true, wideOnly: true, cell: (row) => row.attempts },
          { id: 'at', title: 'Happened', cell: (row) => <Time at={row.created_at} /> },
        ]}
      />
      {hasNextPage && (
        <div className="webhooks-more">
          <Button onClick={() => fetchNextPage()} busy={isFetchingNextPage}>
            Show older deliveries
          </Button>
        </div>
      )}
      {shown !== undefined && <Delivery endpointId={endpoint.id} eventId={shown} onClose={() => setShown(undefined)} />}
    </>
  )
}

/** How a delivery stands, in a word. */
export function State({ delivery }: { readonly delivery: WebhookDeliveryJson }) {
  const { status, attempts, last_status: answered, last_failure: failure } = delivery
  if (status === 'delivered') return <Tag tone="good">Delivered</Tag>
  if (status === 'parked') return <Tag tone="bad">Given up</Tag>
  if (attempts === 0) return <Tag>Waiting</Tag>
  return <Tag tone="warn">{answered === null ? (failure ?? 'Failed') : `Answered ${answered}`}</Tag>
}
