import type { Collection } from './rows.ts'
import { UnreadKey } from './snapshot-of.ts'
import type { Storage } from './storage.ts'

/** What few transactions need, and find out while they decide: those are decided again with it. */
const onDemand: ReadonlySet<Collection> = new Set(['jobs', 'metadataHolders', 'sessions'])

/** Gives a storage whose transactions need not name the rows of some collections before they ask for them. */
export function readWhenNeeded(storage: Storage): Storage {
  return {
    ...storage,
    async transact(transaction) {
      let { reads } = transaction
      for (;;) {
        try {
          return await storage.transact({ ...transaction, reads })
        } catch (error) {
          // It has written nothing.
          if (!(error instanceof UnreadKey && onDemand.has(error.key.collection))) throw error
          reads = [...reads, error.key]
        }
      }
    },
  }
}
