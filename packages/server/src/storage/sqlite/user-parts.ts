import type { Sql } from './sqlite-database.ts'
import type { Pause } from './turns.ts'

/** How many trigrams of a part are weighed, and how many of the rarest are looked for together. */
const [weighed, combined] = [16, 3]
/** How many users a trigram is weighed by. */
const sample = 100
/** How many rowids one statement goes through. */
const stride = 50_000

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
  const { last } = sql('SELECT max(rowid) AS last FROM users').get() as { last: number | null }
  const found: number[] = []
  for (let from = 0; from <= (last ?? 0); from += stride) {
    const rows = sql('SELECT rowid FROM user_parts WHERE user_parts MATCH ? AND rowid > ? AND rowid <= ? LIMIT ?').all(
      expression,
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

/** The expression of the rarest trigrams; empty when one of them is nowhere. */
function rarest(sql: Sql, terms: readonly string[]): string {
  const weights: { readonly term: string; readonly distance: number }[] = []
  for (const term of terms) {
    const { found, span } = sql(
      'SELECT count(*) AS found, max(rowid) - min(rowid) AS span FROM (SELECT rowid FROM user_parts WHERE user_parts MATCH ? LIMIT ?)',
    ).get(quote(term), sample) as { found: number; span: number }
    if (found === 0) return ''
    // The fewer there are in all the rarer; of those that are many, the farther apart.
    weights.push({ term, distance: found < sample ? Number.MAX_SAFE_INTEGER - found : span })
  }
  weights.sort((a, b) => b.distance - a.distance)
  return weights
    .slice(0, combined)
    .map(({ term }) => quote(term))
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
