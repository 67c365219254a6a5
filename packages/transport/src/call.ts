import type { CallOptions, LooseJson } from '@acme/schema'

/** One request to make. */
export interface Call extends CallOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** The path after `/v1/`, and the query: what stands in them is percent-encoded already. */
  readonly path: string
  readonly headers?: { readonly [name: string]: string } | undefined
  /** Sent as it is; a text is JSON. */
  readonly body?: string | URLSearchParams | undefined
  /** Whether nothing changes on the server. */
  readonly isRead: boolean
  /** Whether sending it twice does no more than sending it once. @default isRead */
  readonly isRepeatable?: boolean | undefined
  /** Reads the current user that a conflict comes with. */
  readonly readUser?: ((json: LooseJson) => unknown) | undefined
}

/** What came back. */
export interface Reply {
  /** The body; undefined when it is empty. */
  readonly json: unknown
  readonly headers: Headers
}
