import './line-diff.css'
import { diffLines } from 'diff'

/** How many lines around a change are shown. */
const around = 3

interface LineDiffProps {
  /** Two values of JSON. */
  readonly before: unknown
  readonly after: unknown
  readonly label: string
}

/** What differs between two values of JSON, line by line; what is alike is folded away. */
export function LineDiff({ before, after, label }: LineDiffProps) {
  const parts = diffLines(write(before), write(after))
  if (parts.every(({ added, removed }) => !added && !removed)) return <p className="faint">They are the same.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard
    <section className="line-diff" aria-label={label} tabIndex={0}>
      {parts.map(({ value, added, removed }, index) => {
        const lines = value.replace(/\n$/, '').split('\n')
        const kind = added ? 'new' : removed ? 'gone' : ''
        const shown = kind ? lines : fold(lines, index > 0, index < parts.length - 1)
        return shown.map((line, at) => (
          <span key={`${index}-${at}`} className={line === undefined ? 'fold' : kind}>
            {line === undefined ? '⋯' : `${added ? '+' : removed ? '−' : ' '} ${line}`}
          </span>
        ))
      })}
    </section>
  )
}

/** The lines next to a change; undefined stands for those in between. */
function fold(lines: readonly string[], isBelow: boolean, isAbove: boolean): readonly (string | undefined)[] {
  const head = isBelow ? around : 0
  const tail = isAbove ? around : 0
  if (lines.length <= head + tail + 1) return lines
  return [...lines.slice(0, head), undefined, ...(tail > 0 ? lines.slice(-tail) : [])]
}

function write(value: unknown): string {
  return `${JSON.stringify(sorted(value), null, 2) ?? ''}\n`
}

/** Keys in one order, since their order says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}
