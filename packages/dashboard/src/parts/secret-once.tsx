import './secret-once.css'
import { Copy } from './copy.tsx'
import { Notice } from './notice.tsx'

/** A secret that is shown now and never again. */
export function SecretOnce({ secret, what }: { readonly secret: string; readonly what: string }) {
  return (
    <Notice tone="accent" title={`Copy the ${what} now: it is not shown again.`}>
      <span className="secret-once">
        <Copy text={secret} what={what} whole />
      </span>
    </Notice>
  )
}
