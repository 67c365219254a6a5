import { docsBase, isAcmeError, type JsonObject, type Kind, type Side, visibility } from '@acme/schema'
import { useState } from 'react'
import { type Act, accessOf, allows, sides } from './kinds.ts'
import type { Tries } from './tries.ts'

interface Shown {
  readonly act: Act
  readonly value?: JsonObject | undefined
  readonly error?: unknown
}

const acts: readonly Act[] = ['read', 'write']

/** One cell of the matrix: what a side may do with a kind, and buttons that try it. */
export function Cell({
  side,
  kind,
  tries,
  isLit,
}: {
  readonly side: Side
  readonly kind: Kind
  readonly tries: Tries | undefined
  /** Whether this side wrote this kind last. */
  readonly isLit: boolean
}) {
  const [shown, setShown] = useState<Shown>()
  const cell = tries?.[side](kind)

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div className="cell" role="group" aria-label={`${kind}, ${sides[side].where}`} data-lit={isLit}>
      <p className="access">
        <span>
          {sides[side].name} <strong data-access={visibility[kind][side]}>{accessOf(side, kind)}</strong>
        </span>
        {isLit && <span className="lit">wrote last</span>}
      </p>
      {cell &&
        acts.map((act) => (
          <div className="try" key={act}>
            <button
              type="button"
              aria-label={`${act === 'read' ? 'Read' : 'Write'} ${kind} ${sides[side].where}`}
              data-allowed={allows(side, kind, act)}
              onClick={() =>
                cell[act].run().then(
                  (value) => setShown({ act, value }),
                  (error) => setShown({ act, error }),
                )
              }
            >
              {act === 'read' ? 'Read' : 'Write'}
            </button>
            <code>{cell[act].code}</code>
          </div>
        ))}
      {cell && (
        <output className="result" data-refused={!!shown && !shown.value}>
          {shown ? <Result {...shown} /> : <span className="hint">Try it.</span>}
        </output>
      )}
    </div>
  )
}

/** What came of a try: the value that this side sees now, or the error as it was thrown. */
function Result({ act, value, error }: Shown) {
  if (value) {
    return (
      <>
        <strong>✓ {act === 'read' ? 'Read' : 'Written'}</strong> <code>{JSON.stringify(value)}</code>
      </>
    )
  }
  if (!error) {
    return (
      <>
        <strong>✕ undefined</strong> · the Frontend API sends nothing of it
      </>
    )
  }
  if (!isAcmeError(error)) return <>{(error as Error).message}</>
  return (
    <>
      <strong>✕ {error.name}</strong> <a href={error.docsUrl.replace(docsBase, '/docs/')}>{error.code}</a> ·{' '}
      {error.message}
    </>
  )
}
