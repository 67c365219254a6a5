import type { Key, Snapshot, Transaction } from '../../storage/storage.ts'

/** A share of an endpoint's events that a process has taken upon itself. */
export interface Lease {
  readonly endpointId: string
  readonly shard: number
  readonly holder: string
  /** In milliseconds since the epoch. */
  readonly until: number
}

/** Thrown when another process has taken the share over: whatever this one was about to write is no longer its to say. */
export class LeaseLost extends Error {
  override name = 'LeaseLost'
}

/** Names the row of a lease. */
export function leaseKey({ endpointId, shard }: Pick<Lease, 'endpointId' | 'shard'>): Key {
  return { collection: 'webhookLeases', id: `${endpointId}/${shard}` }
}

/** Plans to take a lease, which another process may hold until its time is over; tells whether it was taken. */
export function takeLease(lease: Lease, now: number): Transaction<boolean> {
  const key = leaseKey(lease)
  return {
    reads: [key],
    isPatient: true,
    decide(rows) {
      const held = rows.get('webhookLeases', key.id)
      if (held && held.holder !== lease.holder && held.expireAt > now) return { writes: [], result: false }
      const row = { id: key.id, holder: lease.holder, expireAt: lease.until }
      return { writes: [{ put: 'webhookLeases', row }], result: true }
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
      const isOurs = rows.get('webhookLeases', key.id)?.holder === lease.holder
      return { writes: isOurs ? [{ delete: 'webhookLeases', id: key.id }] : [], result: undefined }
    },
  }
}

/** Refuses to go on without the lease. @throws LeaseLost */
export function assertLease(rows: Snapshot, lease: Lease): void {
  if (rows.get('webhookLeases', leaseKey(lease).id)?.holder !== lease.holder) throw new LeaseLost()
}
