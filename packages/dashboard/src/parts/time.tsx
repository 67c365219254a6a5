import { useSyncExternalStore } from 'react'

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

/** How often times are written anew, in milliseconds. */
const period = 30_000

// One clock for all that show: a table has two in each row, which come and go as one scrolls.
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const tell of listeners) tell()
  }, period)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function readNow(): number {
  if (timer === undefined && Date.now() - now >= period) now = Date.now()
  return now
}

/** A time as how long ago it was; the whole of it shows on the pointer, and to those who hear the page. */
export function Time({ at }: { readonly at: number | null }) {
  const now = useSyncExternalStore(subscribe, readNow)
  if (at === null) return <span className="faint">Never</span>
  return (
    <time dateTime={new Date(at).toISOString()} title={absolute.format(at)}>
      {timeAgo(at, now)}
    </time>
  )
}
