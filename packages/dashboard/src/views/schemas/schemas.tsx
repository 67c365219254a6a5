import './schemas.css'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useSearchParams } from 'wouter'
import { isOver, jobsQuery } from '../../api/jobs.ts'
import { schemaVersionsQuery } from '../../api/schema-versions.ts'
import { Notice } from '../../parts/notice.tsx'
import { PageHeader } from '../../parts/page-header.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { ErrorState } from '../../parts/states.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Jobs } from './jobs.tsx'
import { SchemasInForce } from './schemas-in-force.tsx'
import { Versions } from './versions.tsx'

// The editor comes when it is wanted.
const Propose = lazy(async () => ({ default: (await import('./propose.tsx')).Propose }))

/** The rules for metadata: which hold, which held, and what the next would mean for who is stored. */
export function Schemas() {
  const [search, setSearch] = useSearchParams()
  const tab = search.get('tab') ?? 'in-force'
  const { data, error, refetch } = useQuery(schemaVersionsQuery)
  const jobs = useQuery(jobsQuery)
  const running = jobs.data?.data.filter((job) => !isOver(job)) ?? []
  const go = (next: string) => setSearch(next === 'in-force' ? {} : { tab: next })

  return (
    <>
      <PageHeader
        title="Schemas"
        note={data && (data.version === 0 ? 'None in force' : `Version ${data.version} in force`)}
        lead="JSON Schemas that every write of metadata has to fit, whoever makes it."
      />
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {!data && !error && (
        <div className="schemas-panel" aria-busy="true">
          <Skeleton width={240} />
          <Skeleton height={240} className="schemas-skeleton" />
        </div>
      )}
      {data?.pending && (
        <div className="schemas-notice">
          <Notice tone="accent" title={`Version ${data.pending.version} is on its way.`}>
            Writes are judged by both versions until every user was looked through.
          </Notice>
        </div>
      )}
      {data && (
        <Tabs
          label="Schemas"
          value={tab}
          onChange={go}
          tabs={[
            {
              value: 'in-force',
              title: 'In force',
              panel: <SchemasInForce schemas={data} onWrite={() => go('next')} />,
            },
            { value: 'versions', title: 'Versions', panel: <Versions schemas={data} /> },
            {
              value: 'next',
              title: 'Next version',
              panel: (
                <Suspense fallback={<Skeleton height={340} />}>
                  <Propose schemas={data} />
                </Suspense>
              ),
            },
            {
              value: 'jobs',
              title: <>Migrations and jobs {running.length > 0 && <Tag tone="accent">{running.length}</Tag>}</>,
              panel: <Jobs />,
            },
          ]}
        />
      )}
    </>
  )
}
