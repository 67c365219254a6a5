import type { Backend, User } from '@acme/backend'
import type { serverMetadata } from './find-users.metadata.ts'

type Metadata = typeof serverMetadata

export async function ask({ users }: Backend<Metadata>, found: (user: User<Metadata>) => void) {
  // #region ask
  for await (const user of users.list({ metadata: { public: { plan: 'pro', seats: { gte: 5 } } } })) found(user)

  const trials = { private: { trialEndsAt: { lt: new Date('2026-02-01') } } }
  const { data, totalCount } = await users.getUserList({ metadata: trials, limit: 20 })
  const onAPlan = await users.getCount({ metadata: { public: { plan: { in: ['free', 'pro'] } } } })
  const customers = await users.getCount({ metadata: { private: { stripeCustomerId: { exists: true } } } })
  // #endregion ask
  return { ending: data.length, totalCount, onAPlan, customers }
}

export async function find({ users }: Backend<Metadata>, stripeCustomerId: string) {
  // #region find
  const user = await users.findUser({ private: { stripeCustomerId } })
  // #endregion find
  return user
}

export async function changeMany({ users }: Backend<Metadata>, rows: Iterable<{ id: string; customer: string }>) {
  // #region many
  async function* updates() {
    for (const row of rows) yield { userId: row.id, privateMetadata: { stripeCustomerId: row.customer } }
  }
  const { updated, results } = await users.updateUsers(updates(), {
    onProgress: ({ done, failed }) => console.log(`${done} done, ${failed} refused`),
  })
  for (const { userId, error } of results) if (error) console.error(userId, error.code)
  // #endregion many
  return updated
}

export async function changeAll({ users }: Backend<Metadata>, cursor?: string) {
  let last = cursor
  // #region where
  await users.updateWhere(
    { metadata: { public: { plan: 'free' } } },
    (user) => ({ publicMetadata: { seats: (user.publicMetadata.seats ?? 0) + 1 } }),
    { cursor, onProgress: (progress) => (last = progress.cursor) },
  )
  // #endregion where
  return last
}
