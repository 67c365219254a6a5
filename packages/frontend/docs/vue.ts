import type { Frontend, Snapshot } from '@acme/frontend'
import { onScopeDispose, type ShallowRef, shallowRef } from 'vue'

/** What is known of this browser, as a ref: `useSnapshot(acme).value.user?.unsafeMetadata.theme`. */
export function useSnapshot<M>(acme: Frontend<M>): Readonly<ShallowRef<Snapshot<M>>> {
  const snapshot = shallowRef(acme.getSnapshot())
  onScopeDispose(acme.subscribe(() => (snapshot.value = acme.getSnapshot())))
  return snapshot
}
