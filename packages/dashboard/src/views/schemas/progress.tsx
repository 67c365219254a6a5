import { Progress as BaseProgress } from '@base-ui/react/progress'

interface ProgressProps {
  readonly done: number
  /** Null before it was counted. */
  readonly total: number | null
  readonly label: string
}

/** How far something has come. */
export function Progress({ done, total, label }: ProgressProps) {
  return (
    <BaseProgress.Root className="progress" value={total === null ? null : done} max={Math.max(1, total ?? 1)}>
      <BaseProgress.Label className="progress-label">{label}</BaseProgress.Label>
      <span className="progress-count">
        {done.toLocaleString('en')}
        {total !== null && ` of ${total.toLocaleString('en')}`}
      </span>
      <BaseProgress.Track className="progress-track">
        <BaseProgress.Indicator className="progress-bar" />
      </BaseProgress.Track>
    </BaseProgress.Root>
  )
}
