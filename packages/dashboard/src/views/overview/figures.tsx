import type { OverviewJson } from '@acme/schema/wire'
import type { Minute } from '../../api/overview.ts'
import { writeBytes, writeCount, writeMilliseconds } from './write-figures.ts'

interface FiguresProps {
  readonly overview: OverviewJson
  /** Those that are looked at. */
  readonly minutes: readonly Minute[]
}

/** The figures of the time that is looked at, large. */
export function Figures({ overview, minutes }: FiguresProps) {
  const sum = (read: (minute: Minute) => number) => minutes.reduce((total, minute) => total + read(minute), 0)
  const slowest = Math.max(0, ...minutes.map(({ p99_ms }) => p99_ms ?? 0))
  const errors = sum(({ server_errors }) => server_errors)
  const figures = [
    { title: 'Users', value: writeCount(overview.users) },
    { title: 'Sign-ups', value: writeCount(sum(({ sign_ups }) => sign_ups)) },
    { title: 'Writes', value: writeCount(sum(({ writes }) => writes)) },
    { title: 'Requests', value: writeCount(sum(({ requests }) => requests)) },
    { title: 'Server errors', value: writeCount(errors), isBad: errors > 0 },
    { title: 'Slowest p99', value: slowest > 0 ? writeMilliseconds(slowest) : '–' },
    { title: 'Database', value: overview.database_bytes === null ? '–' : writeBytes(overview.database_bytes) },
  ]
  return (
    <dl className="figures">
      {figures.map(({ title, value, isBad }) => (
        <div key={title} className="figure">
          <dt>{title}</dt>
          <dd className={isBad ? 'bad' : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
