import './webhooks.css'
import { useQuery } from '@tanstack/react-query'
import { Plus, Webhook } from 'lucide-react'
import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { overviewQuery } from '../../api/overview.ts'
import { useInstance } from '../../api/use-session.ts'
import { endpointsQuery } from '../../api/webhooks.ts'
import { Button } from '../../parts/button.tsx'
import { Notice } from '../../parts/notice.tsx'
import { PageHeader } from '../../parts/page-header.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { EmptyState, ErrorState } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Time } from '../../parts/time.tsx'
import { CreateEndpoint } from './create-endpoint.tsx'
import { Endpoint } from './endpoint.tsx'

/** Who is told of what happens to users, and how that goes. */
export function Webhooks() {
  const [search, setSearch] = useSearchParams()
  const instance = useInstance()
  const { data, error, refetch } = useQuery(endpointsQuery)
  // The server looks for them anyway; nothing else tells it of all endpoints at once.
  const { warnings = [] } = useQuery({ ...overviewQuery, refetchInterval: 10_000 }).data ?? {}
  const hasGivenUp = (id: string) =>
    warnings.some((one) => one.code === 'webhook_deliveries_parked' && one.place === id)
  const [creating, setCreating] = useState(false)
  const id = search.get('endpoint')
  const chosen = data?.data.find((endpoint) => endpoint.id === id)
  if (chosen) return <Endpoint endpoint={chosen} onGone={() => setSearch({})} />

  const isEmpty = data?.data.length === 0
  const add = (
    <Button look="main" onClick={() => setCreating(true)} disabled={instance?.sends_webhooks === false}>
      <Plus size={14} aria-hidden /> Add endpoint
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Webhooks"
        lead="Your servers hear of each user who is created, changed or deleted, in order, until they have answered."
        actions={data && !isEmpty && add}
      />
      {instance?.sends_webhooks === false && (
        <div className="webhooks-notice">
          <Notice tone="warn" title="This server sends no webhooks.">
            It was made without a way to send them.
          </Notice>
        </div>
      )}
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {!data && !error && (
        <div className="webhooks-skeleton" aria-busy="true">
          <Skeleton height={32} />
          <Skeleton height={32} />
        </div>
      )}
      {isEmpty && (
        <EmptyState icon={Webhook} title="Nobody is told yet" action={add}>
          Add the address of a server of yours. Each request is signed, and tried again for three days.
        </EmptyState>
      )}
      {data && !isEmpty && (
        <Table
          label="Endpoints"
          rows={data.data}
          rowKey={(endpoint) => endpoint.id}
          columns={[
            {
              id: 'url',
              title: 'Address',
              cell: (endpoint) => (
                <Link href={`/webhooks?endpoint=${endpoint.id}`} className="link webhooks-url">
                  {endpoint.url}
                </Link>
              ),
            },
            {
              id: 'status',
              title: 'State',
              cell: ({ id, status }) => (
                <span className="webhooks-state">
                  <Tag tone={status === 'enabled' ? 'good' : 'warn'}>{status === 'enabled' ? 'Sending' : 'Paused'}</Tag>
                  {hasGivenUp(id) && <Tag tone="bad">Events given up</Tag>}
                </span>
              ),
            },
            { id: 'types', title: 'Events', wideOnly: true, cell: ({ event_types }) => event_types.join(', ') },
            {
              id: 'private',
              title: 'Private metadata',
              wideOnly: true,
              cell: ({ include_private }) => (include_private ? 'Included' : <span className="faint">Left out</span>),
            },
            { id: 'made', title: 'Added', wideOnly: true, cell: ({ created_at }) => <Time at={created_at} /> },
          ]}
        />
      )}
      <CreateEndpoint open={creating} onOpenChange={setCreating} onMade={(made) => setSearch({ endpoint: made })} />
    </>
  )
}
