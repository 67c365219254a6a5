import type { ClaimSource } from '@acme/schema'
import type { Storage } from '../../storage/storage.ts'
import { activeSchemas } from '../metadata/metadata-schemas.ts'
import { claimSources } from './claim-sources.ts'

/** The claims that hold, and what changes whenever they do. */
export interface ClaimRules {
  readonly version: number
  readonly claims: ReadonlyMap<string, ClaimSource>
}

/** The claims that session tokens are made with. */
export interface ActiveClaims {
  read(): ClaimRules | Promise<ClaimRules>
  /** Forgets what was read, after a change by this process. */
  forget(): void
}

/** How old they may be, in milliseconds: other processes may have changed them. */
const maxAge = 1_000

/** Reads the claims that hold, once in a while: every token needs them, and the row holds the schemas as well. */
export function createActiveClaims(storage: Storage, clock: () => number): ActiveClaims {
  let known: { readonly rules: Promise<ClaimRules>; readonly readAt: number } | undefined

  async function readNow(): Promise<ClaimRules> {
    const row = await storage.find(activeSchemas.collection, activeSchemas.id)
    return { version: row?.version ?? 0, claims: claimSources(row?.options?.claims ?? {}) }
  }

  return {
    read() {
      if (known && Math.abs(clock() - known.readAt) < maxAge) return known.rules
      const mine = { rules: readNow(), readAt: clock() }
      known = mine
      mine.rules.catch(() => {
        if (known === mine) known = undefined
      })
      return mine.rules
    },
    forget() {
      known = undefined
    },
  }
}
