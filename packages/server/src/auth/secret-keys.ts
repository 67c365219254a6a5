/** The digests of the secret keys that are accepted. */
export interface SecretKeys {
  /** Gives them as they were not longer than so many milliseconds ago. */
  digests(age: number): readonly string[] | Promise<readonly string[]>
  /** Forgets what was read. */
  forget(): void
}

/** How old the keys may be that a request is let in by, in milliseconds: soon after one is revoked it opens nothing. */
export const keyAge = 500

/** How old they may be when a key is refused: it may have been added by another process just now. */
export const unknownKeyAge = 50

/** Keeps the digests of a storage that other processes may change as well; several that ask at once read once. */
export function createSecretKeys(read: () => Promise<readonly string[]>, clock: () => number): SecretKeys {
  let known: { readonly digests: readonly string[]; readonly readAt: number } | undefined
  let reading: Promise<readonly string[]> | undefined

  function readNow(): Promise<readonly string[]> {
    // As of its beginning: what is changed while it reads may not be in it.
    const readAt = clock()
    const mine: Promise<readonly string[]> = read()
      .then((digests) => {
        if (reading === mine) known = { digests, readAt }
        return digests
      })
      .finally(() => {
        if (reading === mine) reading = undefined
      })
    reading = mine
    return mine
  }

  return {
    digests(age) {
      if (known && Math.abs(clock() - known.readAt) < age) return known.digests
      return reading ?? readNow()
    },
    forget() {
      known = undefined
      reading = undefined
    },
  }
}
