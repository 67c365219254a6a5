import type { Frontend, Snapshot } from '@acme/frontend'
import { type Readable, readable } from 'svelte/store'

/** What is known of this browser, as a store: `$snapshot.user?.unsafeMetadata.theme`. */
export function toStore<M>(acme: Frontend<M>): Readable<Snapshot<M>> {
  return readable(acme.getSnapshot(), (set) => {
    set(acme.getSnapshot())
    return acme.subscribe(() => set(acme.getSnapshot()))
  })
}
