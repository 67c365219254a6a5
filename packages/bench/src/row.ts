import type { Comparison, Spread } from './compare.ts'

/** One line of the table. */
export interface Row {
  readonly what: string
  /** What it is measured against. */
  readonly against: string
  /** How it compares, in the unit that the goal has. */
  readonly figure: Spread
  readonly unit: 'of it' | 'times' | 'ms' | 'MB' | '% more' | 'bytes each'
  readonly goal?: { readonly least: number } | { readonly most: number }
  /** Absolute figures of this machine, which mean little on another. */
  readonly note: string
  /** What stands in the way of the goal, where it is known. */
  readonly limit?: string | undefined
}

/** Where our processor time goes, by the row whose goal is missed. */
export type Profiles = ReadonlyMap<Row, readonly string[]>

/** The goal that so much is reached at the least. */
export const least = (least: number) => ({ least })
/** The goal that it is no more than so much. */
export const most = (most: number) => ({ most })

/** Makes the row of a comparison, by replies a second. */
export function rateRow(
  what: string,
  against: string,
  { rate, ours, theirs, ourCost, theirCost, work }: Comparison,
  goal?: Row['goal'],
): Row {
  const perSecond = (value: number) => Math.round(value).toLocaleString('en')
  const note =
    `${perSecond(ours.rate)}/s and ${perSecond(theirs.rate)}/s; ` +
    `${ourCost.toFixed(0)} and ${theirCost.toFixed(0)} us of processor a reply (${digits(work)})`
  return { what, against, figure: rate, unit: 'of it', note, ...(goal && { goal }) }
}

/** Makes the row of a comparison, by replies for the same processor time, which others who use the machine change less. */
export function workRow(
  what: string,
  against: string,
  { work, ourCost, theirCost }: Comparison,
  goal?: Row['goal'],
): Row {
  const note = `${ourCost.toFixed(0)} and ${theirCost.toFixed(0)} us of processor a reply`
  return {
    what: `${what}: replies for the same processor time`,
    against,
    figure: work,
    unit: 'of it',
    note,
    ...(goal && { goal }),
  }
}

/** Whether a row reaches its goal; undefined when it has none. */
export function isReached({ figure, goal }: Row): boolean | undefined {
  if (!goal) return undefined
  return 'least' in goal ? figure.median >= goal.least : figure.median <= goal.most
}

/** Writes a figure as its median, with the least and the most. */
export function digits({ median, least, most }: Spread): string {
  const one = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2))
  return least === most ? one(median) : `${one(median)} (${one(least)}..${one(most)})`
}

/** Writes what stands in the way of the goals that are missed, and where the time goes, in Markdown. */
export function toLimits(rows: readonly Row[], profiles: Profiles): string {
  const missed = rows.filter((row) => isReached(row) === false)
  const parts = missed.map((row) => {
    const profile = profiles.get(row)
    const lines = profile ? `\n\`\`\`\n${profile.join('\n')}\n\`\`\`\n` : ''
    return `### ${row.what}\n\n${row.limit ?? 'Not known.'}\n${lines}`
  })
  return parts.length > 0 ? `\n## Goals that are missed\n\n${parts.join('\n')}` : ''
}

/** Writes rows as a table in Markdown. */
export function toTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => {
    const reached = isReached(row)
    const goal = row.goal ? ('least' in row.goal ? `>= ${row.goal.least}` : `<= ${row.goal.most}`) : ''
    const verdict = reached === undefined ? '' : reached ? 'yes' : '**no**'
    return [row.what, row.against, `${digits(row.figure)} ${row.unit}`, goal, verdict, row.note]
  })
  const lines = [['what', 'beside', 'median (least..most)', 'goal', 'reached', 'on this machine'], Array(6).fill('---')]
  return [...lines, ...cells].map((line) => `| ${line.join(' | ')} |\n`).join('')
}
