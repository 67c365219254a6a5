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
export function takeLease(lease: Lease, now: number): Transaction<boolean> {
  const key = leaseKey(lease)
  return {
    reads: [key],
    isPatient: true,
    decide(rows) {
      const held = rows.get('leases', key.id)
      if (held && held.holder !== lease.holder && held.expireAt > now) return { writes: [], result: false }
      const row = { id: key.id, holder: lease.holder, expireAt: lease.until }
      return { writes: [{ put: 'leases', row }], result: true }
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
