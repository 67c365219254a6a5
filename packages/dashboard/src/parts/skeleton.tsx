import './skeleton.css'

interface SkeletonProps {
  /** Of what will stand there, in pixels or of the room there is. */
  readonly width?: number | string
  readonly height?: number | string
  readonly className?: string
}

/** The place of what is being read, of its true size. It shows after 300 ms, so that what comes at once does not flicker. */
export function Skeleton({ width = '100%', height = 14, className = '' }: SkeletonProps) {
  return <span aria-hidden className={`skeleton ${className}`} style={{ width, height }} />
}
