/**
 * Does many things at once, but those that share a name one after another, in the order in which they came: of two users
 * with one e-mail address the first in the file is to have it, whoever is faster.
 */
export interface InOrder {
  /** Begins something as soon as there is room and nothing before it shares a name; resolves when it has room. */
  begin(names: readonly string[], work: () => Promise<void>): Promise<void>
  /** Waits for all. @throws what one of them threw */
  end(): Promise<void>
}

/** Makes it, for so many at a time. */
export function createInOrder(most: number): InOrder {
  const underWay = new Set<Promise<void>>()
  const latest = new Map<string, Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  const end = async () => {
    await Promise.all(underWay)
    if (failure) throw failure.error
  }
  return {
    async begin(names, work) {
      while (underWay.size >= most) await Promise.race(underWay)
      // What was begun is let come to its end: whoever is told may close what it needs.
      if (failure) await end()
      const before = names.flatMap((name) => latest.get(name) ?? [])
      const run = Promise.all(before)
        .then(work)
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .then(() => {
          underWay.delete(run)
          for (const name of names) if (latest.get(name) === run) latest.delete(name)
        })
      underWay.add(run)
      for (const name of names) latest.set(name, run)
    },
    end,
  }
}
