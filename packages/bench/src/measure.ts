import type { Child } from './child.ts'
import { type Spread, spreadOf } from './compare.ts'
import type { Load, LoadResult, Requests } from './load.ts'

/** Sends one request after another over one connection for a while. */
export function oneByOne(requests: Requests, duration: number): Load {
  return { requests: [requests], connections: 1, duration }
}

/** Has questions and a plain read take turns; gives how many times as long each question takes, by medians of turns. */
export async function timesAsLong(
  generator: Child<null>,
  plain: Requests,
  questions: Readonly<Record<string, Requests>>,
  rounds: number,
  duration: number,
): Promise<Readonly<Record<string, { readonly times: Spread; readonly took: number }>>> {
  const took: Record<string, { readonly ratio: number; readonly each: number }[]> = {}
  for (let round = 0; round <= rounds; round++) {
    for (const [name, requests] of Object.entries(questions)) {
      const one = await generator.ask<LoadResult>(oneByOne(plain, duration))
      const result = await generator.ask<LoadResult>(oneByOne(requests, duration))
      if ((result.statuses['200'] ?? 0) === 0) throw new Error(`${name}: ${JSON.stringify(result.statuses)}`)
      // The first round warms up.
      if (round > 0) took[name] = [...(took[name] ?? []), { ratio: result.median / one.median, each: result.median }]
    }
  }
  return Object.fromEntries(
    Object.entries(took).map(([name, all]) => [
      name,
      { times: spreadOf(all.map(({ ratio }) => ratio)), took: spreadOf(all.map(({ each }) => each)).median },
    ]),
  )
}
