import type { Minute } from '../../api/overview.ts'
import { Chart, type Series } from '../../parts/chart.tsx'
import { writeCount, writeMilliseconds } from './write-figures.ts'

const length = 60_000

interface ChartsProps {
  readonly minutes: readonly Minute[]
  /** How many minutes are looked at; those from before the process are empty. */
  readonly range: number
}

/** As high as the page is wide enough for, in pixels. */
const heightFor = (width: number) => (width > 1_600 ? 320 : 168)

/** What happened, minute by minute. */
export function Charts({ minutes, range }: ChartsProps) {
  const latest = minutes.at(-1)?.at ?? Math.floor(Date.now() / length) * length
  const missing = Math.max(0, range - minutes.length)
  const times = Array.from({ length: range }, (_, index) => latest - (range - 1 - index) * length)
  const values = (read: (minute: Minute) => number | null) => [...Array<null>(missing).fill(null), ...minutes.map(read)]
  const charts: readonly { title: string; series: readonly Series[]; write: (value: number) => string }[] = [
    {
      title: 'Requests a minute',
      write: writeCount,
      series: [
        { label: 'All', color: '--accent', values: values(({ requests }) => requests), bars: true },
        { label: 'Refused', color: '--warn', values: values(({ client_errors }) => client_errors) },
        { label: 'Failed', color: '--bad', values: values(({ server_errors }) => server_errors) },
      ],
    },
    {
      title: 'How long they take',
      write: writeMilliseconds,
      series: [
        { label: 'p99', color: '--accent', values: values(({ p99_ms }) => p99_ms) },
        { label: 'p50', color: '--good', values: values(({ p50_ms }) => p50_ms) },
      ],
    },
    {
      title: 'Writes a minute',
      write: writeCount,
      series: [{ label: 'Writes', color: '--accent', values: values(({ writes }) => writes), bars: true }],
    },
    {
      title: 'Sign-ups and sign-ins a minute',
      write: writeCount,
      series: [
        { label: 'Sign-ups', color: '--accent', values: values(({ sign_ups }) => sign_ups), bars: true },
        { label: 'Sign-ins', color: '--good', values: values(({ sign_ins }) => sign_ins) },
      ],
    },
  ]
  return (
    <div className="charts">
      {charts.map(({ title, series, write }) => (
        <section key={title} className="chart-card">
          <h2>
            {title}
            <span className="chart-legend">
              {series.map(({ label, color }) => (
                <span key={label}>
                  <i aria-hidden style={{ background: `var(${color})` }} /> {label}
                </span>
              ))}
            </span>
          </h2>
          <Chart
            label={`${title}: ${series.map((one) => summary(one, write)).join(', ')}`}
            times={times}
            series={series}
            write={write}
            height={heightFor(innerWidth)}
          />
        </section>
      ))}
    </div>
  )
}

/** A line in words: where it is, and how high it went. */
function summary({ label, values }: Series, write: (value: number) => string): string {
  const known = values.filter((value) => value !== null)
  const last = known.at(-1)
  return last === undefined
    ? `${label} nothing yet`
    : `${label} now ${write(last)}, at most ${write(Math.max(...known))}`
}
