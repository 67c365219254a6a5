import { afterAll, beforeAll, describe } from 'vitest'
import { type Place, targets } from './targets.ts'
import { createWire, type Wire } from './wire.ts'

/** A server that is reached over HTTP, and the raw way to it. */
export interface Served {
  readonly place: Place
  readonly wire: Wire
}

/** A storage, as the servers under test have it. */
export type StorageName = 'memory' | 'sqlite' | 'postgres'

/** Runs a suite over every storage, each behind a server of its own that is reached over HTTP. */
export function forEachStorage(suite: (served: () => Served, name: string) => void): void {
  for (const name of ['memory', 'sqlite', 'postgres'] as const) onStorage(name, suite)
}

/** Runs a suite over one storage, behind a server that is reached over HTTP. */
export function onStorage(name: StorageName, suite: (served: () => Served, name: string) => void): void {
  describe(name, () => {
    let served: Served
    beforeAll(async () => {
      const place = await (targets[name] as () => Promise<Place>)()
      served = { place, wire: createWire(place) }
    })
    afterAll(async () => {
      served.wire.close()
      await served.place.close()
    })
    suite(() => served, name)
  })
}

/** Runs a task for each item, so many at once. */
export async function forEachAtOnce<Item>(
  items: readonly Item[],
  atOnce: number,
  task: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      await task(items[index] as Item, index)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
