/** A watched value. `getSnapshot` gives the same object until something changed, so that `===` tells. */
export interface Store<T> {
  getSnapshot(): T
  /** Calls the listener after each change; gives the function that ends it. */
  subscribe(listener: () => void): () => void
  set(value: T): void
}

/** Makes a watched value; `notice` is called after each change of it, and of whether it is watched. */
export function createStore<T>(initial: T, notice?: (isWatched: boolean) => void): Store<T> {
  const listeners = new Set<() => void>()
  let current = initial
  const tell = () => notice?.(listeners.size > 0)
  return {
    getSnapshot: () => current,
    subscribe(listener) {
      listeners.add(listener)
      tell()
      return () => {
        listeners.delete(listener)
        tell()
      }
    },
    set(value) {
      current = value
      for (const listener of listeners) listener()
      tell()
    },
  }
}
