import type { Backend } from '@acme/backend'

export async function withTimes({ users }: Backend, userId: string) {
  // #region times
  const user = await users.getUser(userId, {
    timeout: 2_000, // milliseconds for an attempt
    totalTimeout: 5_000, // for the whole call, retries and pauses included
    signal: AbortSignal.timeout(5_000), // or your own
  })
  // #endregion times
  return user
}

export async function once({ users }: Backend, userId: string, event: { readonly id: string }) {
  // #region once
  // The same event, delivered twice, is one write.
  const user = await users.updateUserMetadata(
    userId,
    { publicMetadata: { plan: 'pro' } },
    { idempotencyKey: `payment-${event.id}` },
  )
  // #endregion once
  return user
}
