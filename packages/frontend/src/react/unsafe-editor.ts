import { AcmeError, applyMergePatch, type JsonObject, metadataBytes } from '@acme/schema'
import type { Frontend, Snapshot } from '../create-frontend.ts'

/** What is to be seen of edits to unsafe metadata. */
export interface UnsafeState {
  /** The user's, with the edits that are still on their way. */
  readonly value: JsonObject
  readonly isSaving: boolean
  /** Why the last edit was refused; null when it was not. */
  readonly error: AcmeError | null
  /** How many bytes the value has. */
  readonly bytes: number
}

/** A merge patch, or what computes it from the value that is shown. */
export type Edit = JsonObject | ((value: JsonObject) => JsonObject)

/** Shows edits at once, saves them one after the other in the order they were made, and takes back what is refused. */
export interface UnsafeEditor {
  getState(): UnsafeState
  getServerState(): UnsafeState
  subscribe(listener: () => void): () => void
  /** Makes an edit; tells whether it was saved. */
  edit(edit: Edit): Promise<boolean>
}

/** The edits of one user that are still on their way. */
interface Edits {
  readonly userId: string | undefined
  readonly pending: readonly JsonObject[]
  readonly error: AcmeError | null
}

/** Makes the editor of a frontend's signed-in user. */
export function createUnsafeEditor(acme: Frontend<unknown>, getSnapshot: () => Snapshot<unknown>): UnsafeEditor {
  const listeners = new Set<() => void>()
  let edits: Edits = { userId: undefined, pending: [], error: null }
  let last: Promise<unknown> = Promise.resolve()
  let known: { readonly base: unknown; readonly edits: Edits; readonly state: UnsafeState }

  const toState = (base: JsonObject | undefined, { pending, error }: Edits): UnsafeState => {
    const value = pending.reduce(applyMergePatch, base ?? {})
    return { value, isSaving: pending.length > 0, error, bytes: metadataBytes(value) }
  }

  /** The edits of who is signed in now: what another one began is not theirs to see. */
  function current(): Edits {
    const userId = getSnapshot().user?.id
    if (edits.userId !== userId) edits = { userId, pending: [], error: null }
    return edits
  }

  function getState(): UnsafeState {
    const base = getSnapshot().user?.unsafeMetadata
    const edits = current()
    if (known?.base !== base || known?.edits !== edits) known = { base, edits, state: toState(base, edits) }
    return known.state
  }

  function change(pending: readonly JsonObject[], error: AcmeError | null): void {
    edits = { ...edits, pending, error }
    for (const listener of listeners) listener()
  }

  const initial = toState(getSnapshot().user?.unsafeMetadata, edits)

  return {
    getState,
    getServerState: () => initial,
    subscribe(listener) {
      const end = acme.subscribe(listener)
      listeners.add(listener)
      return () => {
        end()
        listeners.delete(listener)
      }
    },
    edit(edit) {
      const patch = typeof edit === 'function' ? edit(getState().value) : edit
      const { userId, pending } = current()
      change([...pending, patch], null)
      const saved = last.then(async () => {
        let failure: AcmeError | undefined
        try {
          const { user } = getSnapshot()
          if (!user || user.id !== userId) {
            throw new AcmeError({ code: 'signed_out', message: 'nobody is signed in whose metadata could be edited' })
          }
          await user.updateMetadata({ unsafeMetadata: patch })
        } catch (reason) {
          failure = reason as AcmeError
        }
        const { userId: now, pending, error } = current()
        if (now === userId)
          change(
            pending.filter((one) => one !== patch),
            failure ?? error,
          )
        return !failure
      })
      last = saved
      return saved
    },
  }
}
