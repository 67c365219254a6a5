import { type Kind, kinds, type Side } from '@acme/schema'
import type { OperatorsView } from 'example-api-node/operators-view'
import { Cell } from './cell.tsx'
import { purposes, sides } from './kinds.ts'
import type { Tries } from './tries.ts'

/** Who may do what with each kind, and what it is for. */
export function Matrix({ tries, view }: { readonly tries?: Tries; readonly view?: OperatorsView | undefined }) {
  const { lastWrite } = view ?? {}
  const isLit = (side: Side, kind: Kind) => lastWrite?.side === side && lastWrite.kinds.includes(kind)
  return (
    <section className="matrix" aria-labelledby="matrix">
      <h2 id="matrix">Who may do what</h2>
      {kinds.map((kind) => (
        <article key={kind} data-kind={kind} aria-labelledby={`kind-${kind}`}>
          <div className="purpose">
            <h3 id={`kind-${kind}`}>{kind}</h3>
            <p>
              <strong>{purposes[kind].isFor}</strong> {purposes[kind].example}
            </p>
          </div>
          {(Object.keys(sides) as Side[]).map((side) => (
            <Cell key={side} side={side} kind={kind} tries={tries} isLit={isLit(side, kind)} />
          ))}
        </article>
      ))}
    </section>
  )
}
