import { type ClaimPaths, type ClaimSource, readClaim } from '@acme/schema'

/** Reads where stored claims come from. One that may not be, since it is stored from before that was refused, is none. */
export function claimSources(claims: ClaimPaths): ReadonlyMap<string, ClaimSource> {
  const sources = new Map<string, ClaimSource>()
  for (const [name, path] of Object.entries(claims)) {
    try {
      sources.set(name, readClaim(name, path))
    } catch {}
  }
  return sources
}
