import type { Sql } from './sqlite-database.ts'
import type { Pause } from './turns.ts'

/** How many trigrams of a part are weighed, and how many of the rarest are looked for together. */
const [weighed, combined] = [16, 3]
/** How many users a trigram is weighed by. */
const sample = 100
/**
 * Finds the users who may hold a part of a text, or undefined when they are more than `most`. Parts of 3 characters
 * and more are looked for by their rarest trigrams; a shorter one by the trigrams that begin with it, of which there
 * is one wherever it stands, since indexed texts end in two line breaks. Who is found may still not hold the part.
 */
export async function findPart(sql: Sql, part: string, most: number, pause: Pause): Promise<number[] | undefined> {
  const characters = [...part]
  const expression =
    characters.length < 3 ? await termsBeginning(sql, part, most, pause) : rarest(sql, trigrams(characters))
  if (expression === undefined) return undefined
  if (expression === '') return []
  // In one piece: to begin at a rowid, FTS5 reads all before it. As one text: a row for each takes five times as long.
  const { rowids } = sql(
    'SELECT json_group_array(rowid) AS rowids FROM (SELECT rowid FROM user_parts WHERE user_parts MATCH ? LIMIT ?)',
  ).get(expression, most + 1) as { rowids: string }
  await pause()
  const found = JSON.parse(rowids) as number[]
  return found.length > most ? undefined : found
}

function trigrams(characters: readonly string[]): readonly string[] {
  const all = [...new Set(characters.slice(2).map((_, index) => characters.slice(index, index + 3).join('')))]
  const step = Math.max(1, all.length / weighed)
  return Array.from({ length: Math.min(weighed, all.length) }, (_, index) => all[Math.floor(index * step)] as string)
}

/** The expression of the rarest trigrams; empty when one of them is nowhere. */
function rarest(sql: Sql, terms: readonly string[]): string {
  const weights: { readonly expression: string; readonly distance: number }[] = []
  for (const term of terms) {
    const expression = quote(term)
    const { found, span } = sql(
      'SELECT count(*) AS found, max(rowid) - min(rowid) AS span FROM (SELECT rowid FROM user_parts WHERE user_parts MATCH ? LIMIT ?)',
    ).get(expression, sample) as { found: number; span: number }
    if (found === 0) return ''
    // Of those that many users hold, the rarer the farther apart.
    weights.push({ expression, distance: found < sample ? Number.MAX_SAFE_INTEGER - found : span })
  }
  weights.sort((a, b) => b.distance - a.distance)
  return weights
    .slice(0, combined)
    .map(({ expression }) => expression)
    .join(' AND ')
}

/** The expression of the trigrams that begin with a part, or undefined when many users hold one. */
async function termsBeginning(sql: Sql, part: string, most: number, pause: Pause): Promise<string | undefined> {
  const terms: string[] = []
  let users = 0
  let last = part
  for (;;) {
    const next = sql('SELECT term, doc FROM user_part_terms WHERE term > ? AND term <= ? LIMIT 1').get(
      last,
      `${part}\u{10ffff}`,
    ) as { term: string; doc: number } | undefined
    if (!next) return terms.map(quote).join(' OR ')
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
