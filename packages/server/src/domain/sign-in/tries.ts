import type { Actor, ClientRow, DeviceRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Write } from '../../storage/storage.ts'
import { fold } from '../../storage/user-text.ts'
import type { Deps } from '../deps.ts'
import { assertWithin, attemptKeys, type Counter, count, counter, forget, waitFor } from './attempts.ts'
import { type Counted, type Limit, networks, times } from './limits.ts'

/** Who tries. */
export interface Caller {
  readonly client: ClientRow
  /** The part of the network they are in; undefined where nobody knows. */
  readonly prefix: string | undefined
  /** Who they are to those they change. */
  readonly actor: Actor
  /** What their device said of itself. */
  readonly device: DeviceRow
}

/** What a try is at. */
export interface Target {
  /** What the caller named: an identifier, an address. */
  readonly by: string
  /** The account behind it, where there is one. */
  readonly account?: string | undefined
  /** Whether its owner has signed in on the caller's client before: then only that client's own tries count. */
  readonly isKnown?: boolean | undefined
}

/** Names an inbox, whatever is sent there. */
export function inboxOf(emailAddress: string): string {
  return `inbox ${fold(emailAddress)}`
}

/** What a try is counted by. */
export interface Tries {
  /** By what the caller named. Full, it is said: that tells nothing but what was asked. */
  readonly named: readonly Counter[]
  /** By the account. Full, the try fails like any other: that two identifiers are one person's must not show. */
  readonly account: readonly Counter[]
  /** By the part of the network. */
  readonly network: readonly Counter[]
}

/** Finds out what a try is counted by. */
export async function triesAt(
  { limits }: Deps,
  counted: Counted,
  { client, prefix }: Caller,
  { by, account, isKnown = false }: Target,
): Promise<Tries> {
  const where = isKnown ? ` on ${client.id}` : ''
  const perAccount = (text: string) => counter(limits.account[counted], counted, text + where)
  return {
    named: [await perAccount(by)],
    account: account === undefined ? [] : [await perAccount(account)],
    network: isKnown ? [] : await perNetwork(limits.network[counted], counted, prefix),
  }
}

/** What the beginning of a sign-in or sign-up is counted by. */
export async function beginnings(
  { limits }: Deps,
  what: 'sign-in' | 'sign-up',
  { client, prefix }: Caller,
  { by, isKnown = false }: Partial<Target> = {},
): Promise<readonly Counter[]> {
  return [
    ...(by === undefined ? [] : [await counter(limits.begun, what, isKnown ? `${by} on ${client.id}` : by)]),
    ...(isKnown ? [] : await perNetwork(limits.begun, what, prefix)),
  ]
}

/** The counters of the parts of the network that a caller is in. */
export function perNetwork(limits: readonly Limit[], what: string, prefix: string | undefined): Promise<Counter[]> {
  return Promise.all(networks(prefix).map(({ part, share }) => counter(times(limits, share), what, `from ${part}`)))
}

/** The rows that counting a try needs. */
export function tryKeys({ named, account, network }: Tries): Key[] {
  return attemptKeys([...named, ...account, ...network])
}

/** Whether a try may succeed; one that may not is answered as one that failed. @throws Fault 429 */
export function mayTry(rows: Snapshot, { named, account, network }: Tries, now: number): boolean {
  assertWithin(rows, [...named, ...network], now)
  return waitFor(rows, account, now) === 0
}

/** Counts a try. */
export function countTry(rows: Snapshot, { named, account, network }: Tries, now: number): Write[] {
  return count(rows, [...named, ...account, ...network], now)
}

/** Forgets the tries at an account once its owner is in. */
export function forgetTries({ named, account }: Tries): Write[] {
  return forget([...named, ...account])
}

/**
 * Counts a try before it is made, and the beginning that it comes with: what takes time would be tried many times at
 * once otherwise. Tells whether it may succeed.
 *
 * @throws Fault 429 with the seconds to wait
 */
export function spendTry(deps: Deps, tries: Tries, begun: readonly Counter[] = []): Promise<boolean> {
  return deps.storage.transact({
    reads: [...tryKeys(tries), ...attemptKeys(begun)],
    decide(rows) {
      const now = deps.clock()
      assertWithin(rows, begun, now)
      const result = mayTry(rows, tries, now)
      return { writes: [...countTry(rows, tries, now), ...count(rows, begun, now)], result }
    },
  })
}
