import type { CallOptions } from '@acme/schema'

/** What the parts of an account need of the frontend that they belong to. */
export interface AccountHost {
  readonly session: { readonly id: string } | null
  /** Finds out anew who is signed in. */
  reload(options?: CallOptions): Promise<void>
}
