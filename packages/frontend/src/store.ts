/** A watched value. `getSnapshot` gives the same object until something changed, so that `===` tells. */
export interface Store<T> {
  getSnapshot(): T
  /** Calls the listener after each change; gives the function that ends it. */
  subscribe(listener: () => void): () => void
  set(value: T): void
}

/** Makes a watched value. */
export function createStore<T>(initial: T): Store<T> {
  const listeners = new Set<() => void>()
  let current = initial
  return {
    getSnapshot: () => current,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    set(value) {
      current = value
      for (const listener of listeners) listener()
    },
  }
}
