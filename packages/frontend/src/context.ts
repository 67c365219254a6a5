import type { LooseJson, MetadataDefinition } from '@acme/schema'
import type { ApiCall } from './frontend-api.ts'
import type { User } from './user.ts'

/** What the resources need of the client they belong to. */
export interface Context<M> {
  /** Sends a call and takes over the client that comes with the reply. */
  call(call: ApiCall): Promise<LooseJson>
  /** Whether the server is `@acme/server`, which sets metadata and fields at once. */
  isAcme(): boolean
  /** Takes over a user that a reply held, unless a newer one is known; gives the one that holds now. */
  acceptUser(json: LooseJson, sessionId: string): User<M>
  /** The version of the signed-in user that is known. */
  version(): number | undefined
  /** The app's schemas, where it has defined them. */
  readonly definition: MetadataDefinition | undefined
  /** Sends a call that ends a session, and takes over what is left of the client. */
  end(call: ApiCall): Promise<void>
}
