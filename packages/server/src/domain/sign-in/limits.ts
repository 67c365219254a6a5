import type { InstanceType } from '@acme/schema'

/** At most so many in any while of that length. */
export interface Limit {
  /** How many are let through. */
  readonly most: number
  /** In milliseconds. */
  readonly window: number
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** What is counted. */
export type Counted = 'mail' | 'code' | 'password'

/** By what is counted: an account, or a name that is nobody's, as tried from one part of the network and from everywhere. */
type By = 'account' | 'everywhere' | 'network'

/**
 * What one may try. Every limit of a list holds. A code has a million values and a password may have fewer, so that what
 * an hour allows is what guessing is worth; several windows make pauses that grow. From one part of the network less may
 * be tried at an account than from everywhere: one stranger cannot use up what its owner has.
 */
const limits: Readonly<Record<Counted, Readonly<Record<By, readonly Limit[]>>>> = {
  /** Codes sent. */
  mail: {
    account: [{ most: 5, window: hour }],
    everywhere: [{ most: 20, window: hour }],
    network: [{ most: 30, window: 10 * minute }],
  },
  /** Codes tried that were wrong. */
  code: {
    account: [{ most: 10, window: hour }],
    everywhere: [{ most: 50, window: hour }],
    network: [{ most: 25, window: 30 * second }],
  },
  /** Passwords tried that were wrong; from one part of the network, since the last right one. */
  password: {
    account: [
      { most: 5, window: minute },
      { most: 10, window: 10 * minute },
      { most: 30, window: hour },
    ],
    everywhere: [
      { most: 50, window: minute },
      { most: 200, window: hour },
    ],
    network: [
      { most: 30, window: minute },
      { most: 300, window: hour },
    ],
  },
}

/**
 * Sign-ins and sign-ups that may be begun, each of which leaves a row: by the part of the network. What strangers begin
 * for somebody's identifier costs that somebody nothing.
 */
const begun: Readonly<Record<InstanceType, readonly Limit[]>> = {
  test: [{ most: 20, window: 10 * second }],
  live: [
    { most: 20, window: 10 * second },
    { most: 600, window: hour },
  ],
}

/**
 * How many requests may be under way before others are refused at once: a server that takes on more than it can do
 * answers everybody late, and those who have gone by then too.
 */
export const mostUnderWay = 2_000

/**
 * While an eighth of them are under way, how long a request may have waited to be read, in milliseconds, before it is
 * refused: whoever comes last is told so in time. While there are fewer, only the machine has stood still.
 */
export const longestWait = 300

/** The limits of an instance. */
export type Limits = Readonly<Record<By, Readonly<Record<Counted, readonly Limit[]>>>> & {
  readonly begun: readonly Limit[]
}

const nothing = { mail: [], code: [], password: [] }

/** Nothing is counted. */
export const noLimits: Limits = { begun: [], account: nothing, everywhere: nothing, network: nothing }

/** Gives the limits of an instance. Test instances, which strangers do not reach, let ten times as much through. */
export function limitsOf(instanceType: InstanceType, own: readonly Limit[] = begun[instanceType]): Limits {
  const scaled = (list: readonly Limit[]) => times(list, instanceType === 'test' ? 10 : 1)
  const by = (whom: By) => ({
    mail: scaled(limits.mail[whom]),
    code: scaled(limits.code[whom]),
    password: scaled(limits.password[whom]),
  })
  return { begun: own, account: by('account'), everywhere: by('everywhere'), network: by('network') }
}

/** So many times as much as limits let through. */
export function times(limits: readonly Limit[], factor: number): readonly Limit[] {
  return limits.map(({ most, window }) => ({ most: most * factor, window }))
}

/** A part of the network, and how many times the limits of one client it has. */
export interface Network {
  readonly part: string
  readonly share: number
}

/** Whoever is given one network of 64 bits is given, or rents for nothing, up to 65,536 of them: a site (RFC 6177). */
const siteShare = 10

/** All whose address nobody knows, together. */
const unknownShare = 10

/**
 * The parts of the network that a caller is counted in: the address or the first 64 bits that are one client's, for the
 * latter the first 48 bits as well, and one for all of whom nothing is known.
 */
export function networks(prefix: string | undefined): readonly Network[] {
  if (prefix === undefined) return [{ part: 'nowhere', share: unknownShare }]
  const own = { part: prefix, share: 1 }
  return prefix.includes(':') ? [own, { part: prefix.split(':').slice(0, 3).join(':'), share: siteShare }] : [own]
}

/** All of the network that one caller may move about in. */
export function siteOf(prefix: string | undefined): string {
  return networks(prefix).at(-1)?.part ?? ''
}
