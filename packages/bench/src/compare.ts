import type { Child } from './child.ts'
import type { Load, LoadResult } from './load.ts'

/** Into how many turns a second is cut where little is to be told apart: whatever else the machine does meets both sides. */
export const turnsEach = 4

/** One side of a comparison. */
export interface Contender {
  readonly load: Load
  /** The processes that serve it, whose processor time counts. */
  readonly servers: readonly Child<unknown>[]
  /** What is done before its turns, and after them, which do not count. */
  readonly begin?: () => Promise<void>
  readonly end?: () => Promise<void>
}

/** A number as the median of rounds, with the least and the most of them. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** What came of two sides that took turns. */
export interface Comparison {
  /** How many times as many replies a second the first gave. */
  readonly rate: Spread
  /** How many times as many replies the first gave for the same processor time of its servers. */
  readonly work: Spread
  readonly ours: LoadResult
  readonly theirs: LoadResult
  /** Microseconds of the servers' processors for each reply. */
  readonly ourCost: number
  readonly theirCost: number
}

/** Gives the median of numbers, with the least and the most. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b)
  return {
    median: sorted[sorted.length >> 1] ?? Number.NaN,
    least: sorted[0] ?? Number.NaN,
    most: sorted.at(-1) ?? Number.NaN,
  }
}

interface Measured {
  readonly result: LoadResult
  readonly cost: number
}

/** Has two sides take turns, the one that begins changing; the first round warms both up and does not count. */
export async function compare(
  generator: Child<null>,
  ours: Contender,
  theirs: Contender,
  rounds: number,
): Promise<Comparison> {
  const pairs: (readonly [Measured, Measured])[] = []
  for (let round = 0; round <= rounds; round++) {
    const isFirst = round % 2 === 0
    const first = await measure(generator, isFirst ? ours : theirs)
    const second = await measure(generator, isFirst ? theirs : ours)
    if (round > 0) pairs.push(isFirst ? [first, second] : [second, first])
  }
  const middle = (side: 0 | 1) =>
    [...pairs].sort((a, b) => a[side].result.rate - b[side].result.rate)[pairs.length >> 1]?.[side] as Measured
  return {
    rate: spreadOf(pairs.map(([a, b]) => a.result.rate / b.result.rate)),
    work: spreadOf(pairs.map(([a, b]) => b.cost / a.cost)),
    ours: middle(0).result,
    theirs: middle(1).result,
    ourCost: middle(0).cost,
    theirCost: middle(1).cost,
  }
}

async function measure(generator: Child<null>, { load, servers, begin, end }: Contender): Promise<Measured> {
  const spent = async () => (await Promise.all(servers.map((server) => server.cpu()))).reduce((a, b) => a + b, 0)
  await begin?.()
  const before = await spent()
  const result = await generator.ask<LoadResult>(load)
  const replies = Object.values(result.statuses).reduce((a, b) => a + b, 0)
  const cost = ((await spent()) - before) / replies
  await end?.()
  return { result, cost }
}
