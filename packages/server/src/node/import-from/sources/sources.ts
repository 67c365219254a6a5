import { auth0 } from './auth0.ts'
import { clerk } from './clerk.ts'
import { firebase } from './firebase.ts'
import type { Source } from './source.ts'
import { supabase } from './supabase.ts'

/** The products whose exports are read, by name. */
export const sources: ReadonlyMap<string, Source> = new Map(
  [clerk, supabase, auth0, firebase].map((source) => [source.name, source]),
)

/** Finds one. @throws TypeError naming those there are */
export function sourceOf(name: string | undefined): Source {
  const source = sources.get(name ?? '')
  if (!source) throw new TypeError(`--from takes ${[...sources.keys()].join(', ')}`)
  return source
}
