/** What is known of a request besides what it says. */
export interface RequestInfo {
  /** The address it comes from, for rate limits. */
  readonly remoteAddress?: string | undefined
  /** How long it has waited to be read already, in milliseconds; what has waited too long is refused. */
  readonly waited?: number | undefined
}
