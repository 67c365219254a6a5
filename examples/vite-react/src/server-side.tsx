import { kinds, metadataField } from '@acme/schema'
import type { OperatorsView } from 'example-api-node/operators-view'
import { sides } from './kinds.ts'

/** The same user as the app's own server sees them. */
export function ServerSide({ view, error }: { readonly view: OperatorsView | undefined; readonly error: string }) {
  return (
    <section className="side" aria-labelledby="server-side">
      <h2 id="server-side">
        {sides.backend.name} <code>{sides.backend.api}</code>
      </h2>
      <p className="hint">The same user, seen by your back end</p>
      {kinds.map((kind) => (
        <div className="value" data-kind={kind} key={kind}>
          <h3>{metadataField(kind)}</h3>
          <code data-testid={`server-${kind}`}>{view ? JSON.stringify(view.metadata[kind], null, 1) : '…'}</code>
        </div>
      ))}
      {error && <p role="alert">{error}</p>}
      <p className="hint note">
        Operator’s view, for this demonstration: it comes from the example’s own API, which shows you only yourself and
        answers this machine alone. Nothing private is in any reply that the page gets from the Frontend API.
      </p>
    </section>
  )
}
