import type { Bench } from './bench.ts'
import { type Comparison, type Contender, compare } from './compare.ts'
import { isReached, type Row, rateRow } from './row.ts'

/** Has two sides take turns, shows how they compare and gives it; where the goal is missed, also where our time goes. */
export async function showRate(
  bench: Bench,
  { what, against, goal, limit }: Pick<Row, 'what' | 'against' | 'limit'> & { readonly goal?: Row['goal'] | undefined },
  ours: Contender,
  theirs: Contender,
): Promise<Comparison> {
  const compared = await compare(bench.generator, ours, theirs, bench.settings.rounds)
  const row = { ...rateRow(what, against, compared, goal), limit }
  bench.show(row)
  await explain(bench, row, ours)
  return compared
}

/** Shows where our processor time goes, where a goal is missed. */
export async function explain({ generator, profiles }: Bench, row: Row, { load, servers }: Contender): Promise<void> {
  const [server] = servers
  if (isReached(row) !== false || !server) return
  const lines = await server.profile(() => generator.ask(load))
  profiles.set(row, lines)
  process.stdout.write(`     where the processor time of ours goes:\n${lines.map((line) => `     ${line}\n`).join('')}`)
}
