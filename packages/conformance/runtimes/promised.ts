import type { Behavior, Outcome } from './behavior.ts'

/** The kinds of runtimes, as far as promises differ. */
export type Kind = 'page' | 'native' | 'server'

/** What is promised of a behavior in a kind of runtime. */
export function promised(kind: Kind, { part, needsStreams }: Behavior): Outcome {
  // A secret key has no place where people could read it.
  if (kind === 'page' && part === 'backend') return 'refused'
  if (kind === 'native' && part !== 'frontend') return 'elsewhere'
  return kind === 'native' && needsStreams ? 'absent' : 'ok'
}
