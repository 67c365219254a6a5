/** Makes the idempotency key of one call and its retries; it begins with the time, so that a database keeps those of a moment together. */
export function createKey(): string {
  return `auto_${Date.now()}${crypto.randomUUID()}`
}
