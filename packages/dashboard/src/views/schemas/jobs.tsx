import type { JobJson } from '@acme/schema/wire'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ListChecks } from 'lucide-react'
import { cancelJob, isOver, jobsQuery } from '../../api/jobs.ts'
import { Button } from '../../parts/button.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { EmptyState, ErrorState } from '../../parts/states.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Time } from '../../parts/time.tsx'
import { toastError } from '../../parts/toasts.tsx'
import { Progress } from './progress.tsx'

const titles: Readonly<Record<string, string>> = {
  metadata_migration: 'Migration',
  metadata_schemas_push: 'Push of schemas',
  metadata_schemas_check: 'Check of schemas',
  metadata_indexes_build: 'Building of indexes',
}

/** What goes on while it does. */
const underWay: Readonly<Record<string, string>> = {
  metadata_migration: 'Users who are through. It goes on wherever schema migrate runs; both forms are taken meanwhile.',
}

const tones = { queued: 'plain', running: 'accent', done: 'good', failed: 'bad', cancelled: 'plain' } as const

/** What goes through all users in the background, and what has. */
export function Jobs() {
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(jobsQuery)
  if (error && !data) return <ErrorState error={error} retry={() => void refetch()} />
  if (!data) {
    return (
      <div className="schemas-panel">
        <Skeleton height={64} />
      </div>
    )
  }
  if (data.data.length === 0) {
    return (
      <EmptyState icon={ListChecks} title="Nothing goes on in the background">
        Migrations, pushes of schemas and the building of indexes show here while they run, and for thirty days after.
      </EmptyState>
    )
  }
  const cancel = async (job: JobJson) => {
    try {
      await cancelJob(job.id)
      await client.invalidateQueries({ queryKey: ['jobs'] })
    } catch (failure) {
      toastError(failure, 'Not cancelled')
    }
  }
  return (
    <ul className="jobs" aria-label="Migrations and jobs, the newest first">
      {data.data.map((job) => (
        <li key={job.id} className="job">
          <div className="job-head">
            <h2>
              {titles[job.kind] ?? job.kind}
              {job.name && <span> {job.name}</span>}
            </h2>
            <Tag tone={tones[job.status]}>{job.status}</Tag>
            <span className="faint">
              <Time at={job.ended_at ?? job.created_at} />
            </span>
            {!isOver(job) && (
              <Button
                size="small"
                onClick={() => void cancel(job)}
                aria-label={`Cancel ${titles[job.kind] ?? job.kind}`}
              >
                Cancel
              </Button>
            )}
          </div>
          {isOver(job) ? (
            <p className="faint">
              {job.progress.done.toLocaleString('en')} users
              {job.error && `. ${job.error.message}`}
            </p>
          ) : (
            <Progress {...job.progress} label={underWay[job.kind] ?? 'Users who are through'} />
          )}
        </li>
      ))}
    </ul>
  )
}
