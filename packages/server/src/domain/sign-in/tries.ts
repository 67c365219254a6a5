import type { Actor, ClientRow, DeviceRow, UserRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Write } from '../../storage/storage.ts'
import { fold } from '../../storage/user-text.ts'
import type { Deps } from '../deps.ts'
import { assertWithin, attemptKeys, type Counter, count, counter, forget, takeBack, waitFor } from './attempts.ts'
import { type Counted, type Limit, networks, siteOf, times } from './limits.ts'

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
  /** The account behind it; where there is none, what is counted in its place, so that nobody's costs as much. */
  readonly account?: string | undefined
  /** Whether its owner has signed in on the caller's client before: then only that client's own tries count. */
  readonly isKnown?: boolean | undefined
}

/** Names an account. */
export function byAccount(userId: string): string {
  return `user ${userId}`
}

/** Names whoever is meant by an identifier. */
export function byIdentifier(identifier: string): string {
  return `identifier ${fold(identifier)}`
}

/** Names what is counted in the place of an account, where there is none. */
export function byNobody(by: string): string {
  return `nobody ${by}`
}

/** Names an account that its app asks about. */
export function byApp(userId: string): string {
  return `${byAccount(userId)} from the app`
}

/** Names an inbox, whatever is sent there. What is after a `+` is the same inbox with most who keep some (RFC 5233). */
export function inboxOf(emailAddress: string): string {
  return `inbox ${fold(emailAddress).replace(/^([^+@]+)\+[^@]*@/, '$1@')}`
}

/** What an address may be named for that may be anybody's. */
const namedFor = ['sign-up', 'addition'] as const

/** What a mail to such an address is at. Whether codes for an account go there, too, must not show. */
export function mailTo(address: string, what: (typeof namedFor)[number]): Target {
  const account = inboxOf(address)
  return { by: `${what} ${account}`, account }
}

/** Names the mails to an address of what was changed of its owner. */
export function noticeTo(address: string): string {
  return `notice ${inboxOf(address)}`
}

/** What is counted by whom it is tried at. */
const countedBy: readonly (Counted | 'sign-in' | 'sign-up')[] = ['mail', 'code', 'password', 'sign-in', 'sign-up']

/** What all rows begin with that can count tries at a user, by every name that they have; see `counterName`. */
export async function counterNamesOf(userId: string, user: UserRow | undefined): Promise<ReadonlySet<string>> {
  const addresses = [...(user?.emailAddresses ?? []), ...(user?.pendingEmailAddresses ?? [])]
  const texts = [...addresses.map(({ emailAddress }) => emailAddress), ...(user?.username ? [user.username] : [])]
  const names = [
    byAccount(userId),
    byApp(userId),
    ...texts.map(byIdentifier).flatMap((by) => [by, byNobody(by)]),
    ...addresses.flatMap(({ emailAddress }) => [
      inboxOf(emailAddress),
      noticeTo(emailAddress),
      ...namedFor.map((what) => mailTo(emailAddress, what).by),
    ]),
  ]
  const counters = names.flatMap((by) => countedBy.map((what) => counter([], what, by)))
  return new Set((await Promise.all(counters)).map(({ id }) => id))
}

/** What a try is counted by. */
export interface Tries {
  /** By what the caller named. Full, it is said: that tells nothing but what was asked. */
  readonly named: readonly Counter[]
  /** By the account. Full, the try fails like any other: that two identifiers are one person's must not show. */
  readonly account: readonly Counter[]
  /** By the part of the network. */
  readonly network: readonly Counter[]
  /** Those of both that are the caller's alone, and those that all callers share. */
  readonly own: readonly Counter[]
  readonly shared: readonly Counter[]
}

/** Finds out what a try is counted by. */
export async function triesAt(
  { limits }: Deps,
  counted: Counted,
  { client, prefix }: Caller,
  { by, account, isKnown = false }: Target,
): Promise<Tries> {
  const where = isKnown ? `on ${client.id}` : `from ${siteOf(prefix)}`
  const own = (text: string) => counter(limits.account[counted], counted, text, where)
  const shared = (text: string) => counter(limits.everywhere[counted], counted, text)
  const perAccount = async (text: string) => ({ own: await own(text), shared: isKnown ? [] : [await shared(text)] })
  const named = await perAccount(by)
  const behind = account === undefined ? undefined : await perAccount(account)
  return {
    named: [named.own, ...named.shared],
    account: behind ? [behind.own, ...behind.shared] : [],
    network: isKnown ? [] : await perNetwork(limits.network[counted], counted, prefix),
    own: behind ? [named.own, behind.own] : [named.own],
    shared: [...named.shared, ...(behind?.shared ?? [])],
  }
}

/** What the beginning of a sign-in or sign-up is counted by. */
export async function beginnings(
  { limits }: Deps,
  what: 'sign-in' | 'sign-up',
  { client, prefix }: Caller,
  { by = '', isKnown = false }: Partial<Target> = {},
): Promise<readonly Counter[]> {
  if (isKnown) return [await counter(limits.begun, what, by, `on ${client.id}`)]
  return perNetwork(limits.begun, what, prefix)
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

/** Forgets what the owner of an account has tried once they are in; what others have is left. */
export function forgetTries({ own }: Tries): Write[] {
  return forget(own)
}

/** Forgets what the owner of an account has tried, and that the one that was right was counted before it was made. */
export function forgetSpent(rows: Snapshot, tries: Tries, now: number): Write[] {
  return [...forgetTries(tries), ...takeBack(rows, tries.shared, now)]
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
