/** A value of the storage that other processes may change as well. */
export interface Recent<Value> {
  /** Gives it as it was not longer than so many milliseconds ago. */
  get(age: number): Value | Promise<Value>
  /** Forgets what was read. */
  forget(): void
}

/** How old keys may be that something is let in or signed by, in milliseconds: soon after one is revoked it opens nothing. */
export const keyAge = 500

/** How old they may be when a key is refused or published: it may have been added by another process just now. */
export const unknownKeyAge = 50

/** Keeps a value for a while; several that ask at once read once. */
export function createRecent<Value>(read: () => Promise<Value>, clock: () => number): Recent<Value> {
  let known: { readonly value: Value; readonly readAt: number } | undefined
  let reading: Promise<Value> | undefined

  function readNow(): Promise<Value> {
    // As of its beginning: what is changed while it reads may not be in it.
    const readAt = clock()
    const mine: Promise<Value> = read()
      .then((value) => {
        if (reading === mine) known = { value, readAt }
        return value
      })
      .finally(() => {
        if (reading === mine) reading = undefined
      })
    reading = mine
    return mine
  }

  return {
    get(age) {
      if (known && Math.abs(clock() - known.readAt) < age) return known.value
      return reading ?? readNow()
    },
    forget() {
      known = undefined
      reading = undefined
    },
  }
}
