import './states.css'
import { CircleAlert, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { describeError } from '../api/describe-error.ts'
import { Button } from './button.tsx'

interface EmptyStateProps {
  readonly icon?: LucideIcon
  readonly title: string
  /** Why nothing is here, and what the next step is. */
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** What stands where nothing is: why, and the next step. */
export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="state">
      {Icon && <Icon size={20} aria-hidden className="state-icon" />}
      <h2>{title}</h2>
      {children && <div className="state-text">{children}</div>}
      {action && <div className="state-action">{action}</div>}
    </div>
  )
}

interface ErrorStateProps {
  readonly error: unknown
  readonly retry?: (() => void) | undefined
}

/** What stands where something failed: what, what to do, and the name of the request. */
export function ErrorState({ error, retry }: ErrorStateProps) {
  const { title, detail, traceId } = describeError(error)
  return (
    <div className="state failed" role="alert">
      <CircleAlert size={20} aria-hidden className="state-icon" />
      <h2>{title}</h2>
      <p className="state-text">{detail}</p>
      {traceId && <p className="state-trace">Trace {traceId}</p>}
      {retry && (
        <div className="state-action">
          <Button onClick={retry}>Try again</Button>
        </div>
      )}
    </div>
  )
}
