import { type Runner, run } from './sql.ts'

/** Gives parts of a text, each of which whoever holds the text holds: few of many, and such as few users hold. */
export type PartsOf = (text: string) => readonly string[]

/** How many trigrams are looked for together, and how many users the trigrams are weighed by. */
const [combined, sample] = [3, 200]

/** For how long the sample stands, in milliseconds. */
const freshFor = 600_000

/**
 * Chooses by which trigrams a part of a text is looked for. Left to itself pg_trgm takes all that a text has, and those that
 * many users hold, such as of the domains of addresses, cost the most and tell the least.
 */
export function createRareTrigrams(): (runner: Runner) => Promise<PartsOf> {
  let counts: ReadonlyMap<string, number> = new Map()
  let until = Number.NEGATIVE_INFINITY
  return async (runner) => {
    if (performance.now() >= until) {
      // Whoever asks meanwhile takes those of before.
      until = performance.now() + freshFor
      const rows = await run(runner, 'SELECT search FROM user_lists ORDER BY created_at DESC, id DESC LIMIT $1', [
        sample,
      ])
      counts = count(rows.map(({ search }) => trigramsOf(String(search))))
    }
    return (text) => {
      const trigrams = trigramsOf(text)
      if (trigrams.length <= combined) return [text]
      return trigrams.toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0)).slice(0, combined)
    }
  }
}

/** The trigrams that stand within words: pg_trgm keeps no others as they are written. */
function trigramsOf(text: string): readonly string[] {
  const words = text.match(/[a-z0-9]{3,}/g) ?? []
  return [...new Set(words.flatMap((word) => Array.from(word.slice(2), (_, index) => word.slice(index, index + 3))))]
}

function count(texts: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const trigram of texts.flat()) counts.set(trigram, (counts.get(trigram) ?? 0) + 1)
  return counts
}
