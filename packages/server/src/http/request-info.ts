/** What is known of a request besides what it says. */
export interface RequestInfo {
  /** The address it comes from, for rate limits. */
  readonly remoteAddress?: string | undefined
}
