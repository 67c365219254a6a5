import { useEffect, useState } from 'react'

const steps = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** Says how long ago a time is, in milliseconds since the epoch. */
export function timeAgo(at: number, now: number = Date.now()): string {
  const [unit, length] = steps.find(([, length]) => Math.abs(at - now) >= length) ?? []
  return unit && length ? relative.format(Math.trunc((at - now) / length), unit) : 'just now'
}

/** A time as how long ago it was; the whole of it shows on the pointer, and to those who hear the page. */
export function Time({ at }: { readonly at: number | null }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  if (at === null) return <span className="faint">Never</span>
  return (
    <time dateTime={new Date(at).toISOString()} title={absolute.format(at)}>
      {timeAgo(at, now)}
    </time>
  )
}
