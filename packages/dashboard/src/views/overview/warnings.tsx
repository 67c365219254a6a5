import type { OverviewJson } from '@acme/schema/wire'
import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import { Link } from 'wouter'

type Warning = OverviewJson['warnings'][number]

const looks = {
  bad: CircleAlert,
  warn: TriangleAlert,
  plain: Info,
} as const

/** How grave each is, and where one sees to it. */
const known: Readonly<Record<string, { readonly tone: keyof typeof looks; to(place: string | null): string }>> = {
  unique_index_broken: { tone: 'bad', to: () => '/schemas' },
  job_failed: { tone: 'bad', to: () => '/schemas?tab=jobs' },
  webhook_deliveries_parked: { tone: 'bad', to: (place) => `/webhooks?endpoint=${place}&show=parked` },
  webhook_endpoint_paused: { tone: 'warn', to: (place) => `/webhooks?endpoint=${place}` },
  authorization_in_unsafe: { tone: 'warn', to: () => '/schemas' },
  schemas_pending: { tone: 'plain', to: () => '/schemas?tab=jobs' },
}

/** What should be seen to, the worst first, each with the way there. */
export function Warnings({ warnings }: { readonly warnings: readonly Warning[] }) {
  if (warnings.length === 0) return null
  return (
    <ul className="warnings" aria-label="What should be seen to">
      {warnings.map(({ code, message, place }) => {
        const { tone, to } = known[code] ?? { tone: 'plain' as const, to: undefined }
        const Icon = looks[tone]
        return (
          <li key={`${code} ${place}`} className={`warning ${tone}`}>
            <Icon size={16} aria-hidden />
            <span className="warning-text">
              {place && code === 'authorization_in_unsafe' && <code>{place}</code>} {message}
            </span>
            {to && (
              <Link href={to(place)} className="link">
                See to it<span className="unseen">: {message}</span>
              </Link>
            )}
          </li>
        )
      })}
    </ul>
  )
}
