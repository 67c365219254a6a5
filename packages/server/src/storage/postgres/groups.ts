/** Something that waits to be done, and the keys that it must not share with what is under way. */
export interface Waiting {
  readonly keys: readonly string[]
}

/** Does what waits, together. */
export interface Groups<Item extends Waiting> {
  add(item: Item): void
  /** Waits until nothing waits or is under way. */
  idle(): Promise<void>
}

/** How much is done at once. */
export interface GroupBounds {
  /** How many groups are under way at the most. */
  readonly groups: number
  /** How many items a group has at the most. */
  readonly items: number
}

declare const setImmediate: (run: () => void) => void

/**
 * Does items in groups, several at once. Of those that share a key the later one waits for the earlier, so that they are
 * done in their order and no two connections of one process wait for each other's locks.
 */
export function createGroups<Item extends Waiting>(
  work: (group: readonly Item[]) => Promise<void>,
  bounds: GroupBounds,
): Groups<Item> {
  let queue: Item[] = []
  let isDue = false
  const underWay = new Set<readonly Item[]>()
  const held = new Set<string>()
  let whenIdle: (() => void)[] = []

  function take(): readonly Item[] {
    const group: Item[] = []
    const left: Item[] = []
    const blocked = new Set(held)
    for (const item of queue) {
      if (group.length < bounds.items && !item.keys.some((key) => blocked.has(key))) group.push(item)
      else {
        left.push(item)
        for (const key of item.keys) blocked.add(key)
      }
    }
    queue = left
    return group
  }

  function begin(): void {
    isDue = false
    while (underWay.size < bounds.groups && queue.length > 0) {
      const group = take()
      if (group.length === 0) break
      for (const { keys } of group) for (const key of keys) held.add(key)
      underWay.add(group)
      work(group).finally(() => {
        underWay.delete(group)
        for (const { keys } of group) for (const key of keys) held.delete(key)
        soon()
      })
    }
    if (underWay.size > 0 || queue.length > 0) return
    for (const tell of whenIdle) tell()
    whenIdle = []
  }

  /** Behind the input of this turn of the event loop, so that what arrived together is done together. */
  function soon(): void {
    if (isDue) return
    isDue = true
    setImmediate(begin)
  }

  return {
    add(item) {
      queue.push(item)
      soon()
    },
    idle() {
      return new Promise((resolve) => {
        whenIdle.push(resolve)
        soon()
      })
    },
  }
}
