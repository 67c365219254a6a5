import './overview.css'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { useSearchParams } from 'wouter'
import { overviewQuery } from '../../api/overview.ts'
import { PageHeader } from '../../parts/page-header.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { ErrorState } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { Figures } from './figures.tsx'
import { Warnings } from './warnings.tsx'

// What draws comes after what is read first.
const Charts = lazy(async () => ({ default: (await import('./charts.tsx')).Charts }))

const ranges = [
  [60, '1 hour'],
  [180, '3 hours'],
  [360, '6 hours'],
] as const

/** How the instance is: what was asked of it in the last hours, how large it is, and what should be seen to. */
export function Overview() {
  const [search, setSearch] = useSearchParams()
  const range = Number(search.get('minutes') ?? 60)
  const { data, error, refetch } = useQuery(overviewQuery)
  const minutes = data?.minutes.slice(-range) ?? []

  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          <fieldset className="ranges">
            <legend className="unseen">How far back</legend>
            {ranges.map(([count, title]) => (
              <button
                key={count}
                type="button"
                aria-pressed={count === range}
                onClick={() => setSearch(count === 60 ? {} : { minutes: `${count}` }, { replace: true })}
              >
                {title}
              </button>
            ))}
          </fieldset>
        }
      />
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {!data && !error && <OverviewSkeleton />}
      {data && (
        <div className="overview">
          <Warnings warnings={data.warnings} />
          <Figures overview={data} minutes={minutes} />
          <Suspense fallback={<ChartsSkeleton />}>
            <Charts minutes={minutes} range={range} />
          </Suspense>
          <p className="overview-facts">
            <span>
              Server {data.server_version} on {engines[data.storage]}
            </span>
            <span>
              {data.metadata_schemas_version === 0 ? 'no schemas' : `schemas ${data.metadata_schemas_version}`}
            </span>
            <span>
              {data.open_streams.toLocaleString('en')} {data.open_streams === 1 ? 'page' : 'pages'} kept current
            </span>
            <span>
              counting since this process began, <Time at={data.started_at} />
            </span>
          </p>
        </div>
      )}
    </>
  )
}

const engines = { memory: 'memory', sqlite: 'SQLite', postgres: 'PostgreSQL' } as const

function OverviewSkeleton() {
  return (
    <div className="overview" aria-busy="true">
      <div className="figures">
        {[0, 1, 2, 3, 4, 5].map((one) => (
          <div key={one} className="figure">
            <Skeleton width={72} height={12} />
            <Skeleton width={96} height={28} />
          </div>
        ))}
      </div>
      <ChartsSkeleton />
    </div>
  )
}

function ChartsSkeleton() {
  return (
    <div className="charts">
      {[0, 1, 2, 3].map((one) => (
        <Skeleton key={one} height={214} />
      ))}
    </div>
  )
}
