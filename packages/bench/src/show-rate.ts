import type { Bench } from './bench.ts'
import { type Contender, compare } from './compare.ts'
import { isReached, type Row, rateRow } from './row.ts'

/** Has two sides take turns and shows how they compare; where the goal is missed, also where our time goes. */
export async function showRate(
  bench: Bench,
  { what, against, goal }: { readonly what: string; readonly against: string; readonly goal?: Row['goal'] | undefined },
  ours: Contender,
  theirs: Contender,
): Promise<void> {
  const row = rateRow(what, against, await compare(bench.generator, ours, theirs, bench.settings.rounds), goal)
  bench.show(row)
  await explain(bench, row, ours)
}

/** Shows where our processor time goes, where a goal is missed. */
export async function explain({ generator }: Bench, row: Row, { load, servers }: Contender): Promise<void> {
  const [server] = servers
  if (isReached(row) !== false || !server) return
  const lines = await server.profile(() => generator.ask(load))
  process.stdout.write(`     where the processor time of ours goes:\n${lines.map((line) => `     ${line}\n`).join('')}`)
}
