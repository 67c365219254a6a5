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

/** Makes the editor of a frontend's signed-in user. */
export function createUnsafeEditor(acme: Frontend<unknown>, getSnapshot: () => Snapshot<unknown>): UnsafeEditor {
  const listeners = new Set<() => void>()
  let pending: readonly JsonObject[] = []
  let error: AcmeError | null = null
  let last: Promise<unknown> = Promise.resolve()
  let known: { readonly base: unknown; readonly pending: unknown; readonly error: unknown; readonly state: UnsafeState }

  const baseOf = ({ user }: Snapshot<unknown>) => user?.unsafeMetadata
  const toState = (base: JsonObject | undefined, edits: readonly JsonObject[]): UnsafeState => {
    const value = edits.reduce(applyMergePatch, base ?? {})
    return { value, isSaving: edits.length > 0, error, bytes: metadataBytes(value) }
  }

  function getState(): UnsafeState {
    const base = baseOf(getSnapshot())
    if (known?.base !== base || known?.pending !== pending || known?.error !== error) {
      known = { base, pending, error, state: toState(base, pending) }
    }
    return known.state
  }

  function change(edits: readonly JsonObject[], failure: AcmeError | null): void {
    pending = edits
    error = failure
    for (const listener of listeners) listener()
  }

  const initial = toState(baseOf(getSnapshot()), [])

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
      const { user } = getSnapshot()
      change([...pending, patch], null)
      const saved = last.then(async () => {
        let failure = error
        try {
          const current = getSnapshot().user
          if (!current || current.id !== user?.id) {
            throw new AcmeError({ code: 'signed_out', message: 'nobody is signed in whose metadata could be edited' })
          }
          await current.updateMetadata({ unsafeMetadata: patch })
          return true
        } catch (reason) {
          failure = reason as AcmeError
          return false
        } finally {
          change(
            pending.filter((one) => one !== patch),
            failure,
          )
        }
      })
      last = saved
      return saved
    },
  }
}
