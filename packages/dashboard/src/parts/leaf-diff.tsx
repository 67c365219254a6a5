import './leaf-diff.css'
import type { JsonValue } from '@acme/schema'
import { type LeafChange, writePath } from './leaf-changes.ts'

/** How much of a value is shown where it stands among others, in characters. */
const longest = 400

interface LeafDiffProps {
  readonly changes: readonly LeafChange[]
  /** How many of them are shown. @default 50 */
  readonly most?: number
}

/** What became of what, one line for each place. */
export function LeafDiff({ changes, most = 50 }: LeafDiffProps) {
  if (changes.length === 0) return <p className="faint">Nothing differs.</p>
  return (
    <ul className="leaf-diff">
      {changes.slice(0, most).map(({ path, before, after }) => (
        <li key={writePath(path)}>
          <span className="leaf-diff-path">{writePath(path) || 'all of it'}</span>
          <span className="leaf-diff-values">
            {before !== undefined && (
              <del>
                <span className="unseen">before </span>
                {write(before)}
              </del>
            )}
            {before !== undefined && after !== undefined && (
              <span aria-hidden className="leaf-diff-arrow">
                →
              </span>
            )}
            {after !== undefined && (
              <ins>
                <span className="unseen">after </span>
                {write(after)}
              </ins>
            )}
            {after === undefined && <span className="leaf-diff-more">removed</span>}
            {before === undefined && <span className="leaf-diff-more">added</span>}
          </span>
        </li>
      ))}
      {changes.length > most && <li className="leaf-diff-more">and {changes.length - most} more</li>}
    </ul>
  )
}

function write(value: JsonValue): string {
  const text = JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text
}
