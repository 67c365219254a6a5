import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import * as z from 'zod/mini'
import { cancelJob, isOver, jobQuery } from '../../api/jobs.ts'
import { type Begun, type Broken, brokenJson } from '../../api/schema-versions.ts'
import { Button } from '../../parts/button.tsx'
import { shortId } from '../../parts/copy.tsx'
import { Notice } from '../../parts/notice.tsx'
import { ErrorState } from '../../parts/states.tsx'
import { toastError } from '../../parts/toasts.tsx'
import { Progress } from './progress.tsx'

/** What a question about all users has come to so far: how far it is, and in the end whom it found. */
export function CheckOutcome({ begun, done }: { readonly begun: Begun; readonly done?: string }) {
  if (!('job' in begun)) return <Found found={begun.found} done={done} />
  return <JobOutcome id={begun.job} done={done} />
}

function JobOutcome({ id, done }: { readonly id: string; readonly done: string | undefined }) {
  const { data: job, error } = useQuery(jobQuery(id))
  if (error && !job) return <ErrorState error={error} />
  if (!job) return <Progress done={0} total={null} label="Looking through all users" />
  const found = z.safeParse(brokenJson, job.result)
  if (!isOver(job)) {
    return (
      <div className="outcome">
        <Progress {...job.progress} label="Looking through all users" />
        <Button size="small" onClick={() => void cancelJob(id).catch((failure) => toastError(failure))}>
          Cancel
        </Button>
        {found.success && found.data.broken > 0 && <BrokenPaths found={found.data} />}
      </div>
    )
  }
  if (job.status === 'cancelled') return <Notice title="Cancelled. Nothing was changed." />
  if (found.success && found.data.broken > 0) return <Found found={found.data} done={done} />
  if (job.status === 'failed') {
    return (
      <Notice tone="bad" title="It failed. Nothing was changed.">
        {job.error?.message}
      </Notice>
    )
  }
  return <Found found={found.success ? found.data : undefined} done={done} />
}

function Found({ found, done }: { readonly found: Broken | undefined; readonly done: string | undefined }) {
  if (!found || found.broken === 0) {
    const all = found ? `All ${found.users.toLocaleString('en')} stored users fit.` : 'Every stored user fits.'
    return (
      <Notice tone="accent" title={done ?? all}>
        {done && all}
      </Notice>
    )
  }
  return (
    <div className="outcome">
      <Notice
        tone="bad"
        title={`${found.broken.toLocaleString('en')} of ${found.users.toLocaleString('en')} stored users do not fit.`}
      >
        Nothing was changed. Change them or the schema, or bring them along by a migration.
      </Notice>
      <BrokenPaths found={found} />
    </div>
  )
}

function BrokenPaths({ found }: { readonly found: Broken }) {
  return (
    <ul className="broken" aria-label="What is wrong, and with whom">
      {found.paths.map(({ param_name, path, issue, users, examples }) => (
        <li key={`${param_name} ${path.join('.')} ${issue}`}>
          <code>{[param_name.replace('_metadata', ''), ...path].join('.')}</code>
          <span className="broken-issue">{issue}</span>
          <span className="faint">
            {users.toLocaleString('en')} {users === 1 ? 'user' : 'users'}, such as{' '}
            {examples.map((id, index) => (
              <span key={id}>
                {index > 0 && ', '}
                <Link href={`/users/${id}`} className="link">
                  {shortId(id)}
                </Link>
              </span>
            ))}
          </span>
        </li>
      ))}
    </ul>
  )
}
