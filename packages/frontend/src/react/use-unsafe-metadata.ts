import {
  type AcmeError,
  type DeepReadonly,
  type MergePatch,
  metadataLimit,
  type ReadMetadata,
  type RegisteredMetadata,
  type WriteMetadata,
} from '@acme/schema'
import { useRef, useSyncExternalStore } from 'react'
import type { Edit, UnsafeState } from './unsafe-editor.ts'
import { useProvided } from './use-provided.ts'

/** The unsafe metadata of an app, as it is read. */
export type UnsafeValue<M = RegisteredMetadata> = DeepReadonly<ReadMetadata<M, 'unsafe'>>

/** A merge patch of it (RFC 7396). */
export type UnsafePatch<M = RegisteredMetadata> = MergePatch<WriteMetadata<M, 'unsafe'>>

/** Unsafe metadata to show and to edit. */
export interface UnsafeMetadata<T, M = RegisteredMetadata> {
  /** The value, or what was selected of it, with the edits that are still on their way. */
  readonly value: T
  /**
   * Merges into it: the change shows at once, is saved after those made before it, and taken back when it is refused.
   * Tells whether it was saved; it never throws.
   */
  set(edit: UnsafePatch<M> | ((value: UnsafeValue<M>) => UnsafePatch<M>)): Promise<boolean>
  readonly isSaving: boolean
  /** Why the last edit was refused; null when it was not. */
  readonly error: AcmeError | null
  /** How many of the 8192 bytes of JSON are used, and left. */
  readonly bytes: { readonly used: number; readonly left: number }
}

interface Seen {
  readonly selector: unknown
  readonly selected: unknown
  readonly state: UnsafeState
}

/**
 * Gives the unsafe metadata of the signed-in user to show and to edit. With a selector, the component renders again
 * only when what it selects changes, by `Object.is`, and what else it uses of the result.
 *
 * @example
 * const { value: theme, set, error } = useUnsafeMetadata(({ theme }) => theme ?? 'light')
 * <button onClick={() => set({ theme: 'dark' })}>Dark</button>
 */
export function useUnsafeMetadata<M = RegisteredMetadata>(): UnsafeMetadata<UnsafeValue<M>, M>
export function useUnsafeMetadata<T, M = RegisteredMetadata>(
  selector: (value: UnsafeValue<M>) => T,
): UnsafeMetadata<T, M>
export function useUnsafeMetadata(selector: (value: never) => unknown = (value) => value): unknown {
  const { editor } = useProvided()
  // What of the state the component has looked at: only that renders it again.
  const used = useRef(new Set<keyof UnsafeState>()).current
  const last = useRef<Seen>(undefined)
  const see = (state: UnsafeState): Seen => {
    const seen = last.current
    // Asked twice, a selector that makes an object would seem to select something new each time.
    const isAgain = seen?.selector === selector && seen.state.value === state.value
    const selected = isAgain ? seen.selected : selector(state.value as never)
    const isSame =
      seen && Object.is(seen.selected, selected) && [...used].every((key) => seen.state[key] === state[key])
    if (!isSame) last.current = { selector, selected, state }
    return last.current as Seen
  }
  const { selected, state } = useSyncExternalStore(
    editor.subscribe,
    () => see(editor.getState()),
    () => see(editor.getServerState()),
  )
  const use = <K extends keyof UnsafeState>(key: K) => {
    used.add(key)
    return state[key]
  }
  return {
    value: selected,
    set: (edit: Edit) => editor.edit(edit),
    get isSaving() {
      return use('isSaving')
    },
    get error() {
      return use('error')
    },
    get bytes() {
      const bytes = use('bytes')
      return { used: bytes, left: metadataLimit - bytes }
    },
  }
}
