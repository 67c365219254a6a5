import type { Storage, Write } from '../storage/storage.ts'

/**
 * Gives a storage that tells what each transaction wrote, after it was committed. While nobody listens, nothing is
 * kept and nothing told.
 */
export function tellWrites(
  storage: Storage,
  isHeard: () => boolean,
  hear: (writes: readonly Write[]) => void,
): Storage {
  return {
    find: (collection, id) => storage.find(collection, id),
    listUsers: (...asked) => storage.listUsers(...asked),
    countUsers: (...asked) => storage.countUsers(...asked),
    listSessions: (...asked) => storage.listSessions(...asked),
    listChanges: (...asked) => storage.listChanges(...asked),
    listUntold: (...asked) => storage.listUntold(...asked),
    listDeliveries: (...asked) => storage.listDeliveries(...asked),
    listInvitations: (...asked) => storage.listInvitations(...asked),
    marksOf: (...asked) => storage.marksOf(...asked),
    barrier: () => storage.barrier(),
    sweep: (...asked) => storage.sweep(...asked),
    dump: (...asked) => storage.dump(...asked),
    purge: (...asked) => storage.purge(...asked),
    describe: () => storage.describe(),
    close: () => storage.close(),
    async transact(transaction) {
      if (!isHeard()) return storage.transact(transaction)
      // A storage may decide more than once: what it decided last is what it wrote.
      let written: readonly Write[] = []
      const result = await storage.transact({
        ...transaction,
        decide(rows) {
          const decision = transaction.decide(rows)
          written = decision.writes
          return decision
        },
      })
      hear(written)
      return result
    },
  }
}
