import type { Sql } from './sqlite-database.ts'
import type { Pause } from './turns.ts'

/** How many trigrams of a part are weighed, and how many of the rarest are looked for together. */
const [weighed, combined] = [16, 3]
/** How many users a trigram is weighed by. */
const sample = 100
/** How many entries of a trigram one statement goes through; to begin anew at a rowid costs as much as thousands. */
const longest = 10_000

/** What is looked for: an expression of FTS5, and about how many users the rarest of its terms is of. */
interface Search {
  readonly expression: string
  readonly users: number
}

/**
 * Finds the users who may hold a part of a text, or undefined when they are more than `most`. Parts of 3 characters
 * and more are looked for by their rarest trigrams; a shorter one by the trigrams that begin with it, of which there
 * is one wherever it stands, since indexed texts end in two line breaks. Who is found may still not hold the part.
 */
export async function findPart(sql: Sql, part: string, most: number, pause: Pause): Promise<number[] | undefined> {
  const { last } = sql('SELECT max(rowid) AS last FROM users').get() as { last: number | null }
  if (last === null) return []
  const characters = [...part]
  const search =
    characters.length < 3 ? await termsBeginning(sql, part, most, pause) : rarest(sql, trigrams(characters), last)
  if (search === undefined) return undefined
  if (search.users === 0) return []
  const stride = Math.ceil((last * longest) / Math.max(search.users, longest))
  const found: number[] = []
  for (let from = 0; from < last; from += stride) {
    const rows = sql('SELECT rowid FROM user_parts WHERE user_parts MATCH ? AND rowid > ? AND rowid <= ? LIMIT ?').all(
      search.expression,
      from,
      from + stride,
      most + 1 - found.length,
    )
    for (const row of rows) found.push((row as { rowid: number }).rowid)
    if (found.length > most) return undefined
    await pause()
  }
  return found
}

function trigrams(characters: readonly string[]): readonly string[] {
  const all = [...new Set(characters.slice(2).map((_, index) => characters.slice(index, index + 3).join('')))]
  const step = Math.max(1, all.length / weighed)
  return Array.from({ length: Math.min(weighed, all.length) }, (_, index) => all[Math.floor(index * step)] as string)
}

/** Searches for the rarest trigrams; for none when one of them is nowhere. */
function rarest(sql: Sql, terms: readonly string[], last: number): Search {
  const weights: Search[] = []
  for (const term of terms) {
    const expression = quote(term)
    const { found, span } = sql(
      'SELECT count(*) AS found, max(rowid) - min(rowid) AS span FROM (SELECT rowid FROM user_parts WHERE user_parts MATCH ? LIMIT ?)',
    ).get(expression, sample) as { found: number; span: number }
    if (found === 0) return { expression: '', users: 0 }
    // Of those that many users hold, the rarer the farther apart.
    weights.push({ expression, users: found < sample ? found : (found * last) / span })
  }
  weights.sort((a, b) => a.users - b.users)
  const expressions = weights.slice(0, combined).map(({ expression }) => expression)
  return { expression: expressions.join(' AND '), users: weights[0]?.users ?? 0 }
}

/** Searches for the trigrams that begin with a part, or undefined when many users hold one. */
async function termsBeginning(sql: Sql, part: string, most: number, pause: Pause): Promise<Search | undefined> {
  const terms: string[] = []
  let users = 0
  let last = part
  for (;;) {
    const next = sql('SELECT term, doc FROM user_part_terms WHERE term > ? AND term <= ? LIMIT 1').get(
      last,
      `${part}\u{10ffff}`,
    ) as { term: string; doc: number } | undefined
    if (!next) return { expression: terms.map(quote).join(' OR '), users }
    terms.push(next.term)
    users += next.doc
    last = next.term
    if (users > most) return undefined
    await pause()
  }
}

function quote(term: string): string {
  return `"${term.replaceAll('"', '""')}"`
}
