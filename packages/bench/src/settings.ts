/** How much is measured. */
export interface Settings {
  /** How often each side of a comparison has its turn. */
  readonly rounds: number
  /** How long a turn takes, in seconds. */
  readonly duration: number
  /** How many users the large databases have. */
  readonly users: number
  /** How many connections write at once where it is too many. */
  readonly crowd: number
  /** How many writes show what keys leave behind. */
  readonly writes: number
  /** By how many server processes PostgreSQL is written to, besides one. */
  readonly processes: readonly number[]
  /** How the endpoints of webhooks behave that writes are measured beside. */
  readonly endpoints: readonly ('answers' | 'fails' | 'redirects' | 'resets' | 'hangs')[]
  /** Whether what npm has to fetch first is measured, too. */
  readonly withPeers: boolean
}

/** What `RESULTS.md` is made with: some twenty minutes. */
export const full: Settings = {
  rounds: 5,
  duration: 1,
  users: 1_000_000,
  crowd: 1_000,
  writes: 100_000,
  processes: [2, 4],
  endpoints: ['answers', 'fails', 'redirects', 'resets', 'hangs'],
  withPeers: true,
}

/** Shows within two minutes that everything runs; its figures are worth little. */
export const quick: Settings = {
  rounds: 1,
  duration: 0.05,
  users: 500,
  crowd: 100,
  writes: 500,
  processes: [2],
  endpoints: ['hangs'],
  withPeers: false,
}
