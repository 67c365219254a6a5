import type { Backend } from '@acme/backend'

export async function whatChanged({ users }: Backend, userId: string, say: (text: string) => void) {
  // #region list
  for await (const change of users.listChanges(userId)) {
    say(`${change.version}: ${change.side} ${change.action} of ${change.fields.join(', ')}`)
  }
  // 3: backend update of public_metadata
  // 2: frontend update of unsafe_metadata
  // 1: server create of …
  // #endregion list
}

export async function goBack({ users }: Backend, userId: string) {
  // #region restore
  const before = await users.getVersion(userId, 2)
  before.publicMetadata // as it was at version 2

  const user = await users.getUser(userId)
  await users.restoreMetadata(userId, 2, { kinds: ['public'], ifMatch: user.version })
  // #endregion restore
  return before
}
