/** What a runtime finds around it: a real server, and what else a behavior needs. JSON, so that it can be handed to any. */
export interface World {
  /** Where the server's APIs are. */
  readonly apiUrl: string
  readonly publishableKey: string
  readonly secretKey: string
  /** An address at which nobody listens. */
  readonly nowhere: string
  /** An address that takes requests and never answers. */
  readonly silence: string
  /** A webhook as it was sent just now. */
  readonly webhook: {
    readonly secret: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
}
