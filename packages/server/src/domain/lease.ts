import type { Key, Snapshot, Transaction } from '../storage/storage.ts'

/** Work that a process has taken upon itself, so that no other does it meanwhile. */
export interface Lease {
  /** Which work: the same for every process. */
  readonly name: string
  readonly holder: string
  /** In milliseconds since the epoch. */
  readonly until: number
}

/** Thrown when another process has taken the work over: whatever this one was about to write is no longer its to say. */
export class LeaseLost extends Error {
  override name = 'LeaseLost'
}

/** Names the row of a lease. */
export function leaseKey({ name }: Pick<Lease, 'name'>): Key {
  return { collection: 'leases', id: name }
}

/** Plans to take a lease, which another process may hold until its time is over; tells whether it was taken. */
export function takeLease(lease: Lease, now: number): Transaction<true | undefined> {
  return withLease(lease, now, { reads: [], decide: () => ({ writes: [], result: true }) })
}

/** Plans to take a lease and do its work in one; undefined, and nothing is written, where another process holds it. */
export function withLease<Result>(
  lease: Lease,
  now: number,
  work: Pick<Transaction<Result>, 'reads' | 'decide'>,
): Transaction<Result | undefined> {
  const key = leaseKey(lease)
  return {
    reads: [key, ...work.reads],
    isPatient: true,
    decide(rows) {
      const held = rows.get('leases', key.id)
      if (held && held.holder !== lease.holder && held.expireAt > now) return { writes: [], result: undefined }
      const { writes, result } = work.decide(rows)
      const row = { id: key.id, holder: lease.holder, expireAt: lease.until }
      return { writes: [{ put: 'leases', row }, ...writes], result }
    },
  }
}

/** Plans to give a lease back. */
export function releaseLease(lease: Lease): Transaction<void> {
  const key = leaseKey(lease)
  return {
    reads: [key],
    isPatient: true,
    decide(rows) {
      const isOurs = rows.get('leases', key.id)?.holder === lease.holder
      return { writes: isOurs ? [{ delete: 'leases', id: key.id }] : [], result: undefined }
    },
  }
}

/** Refuses to go on without the lease. @throws LeaseLost */
export function assertLease(rows: Snapshot, lease: Lease): void {
  if (rows.get('leases', leaseKey(lease).id)?.holder !== lease.holder) throw new LeaseLost()
}
