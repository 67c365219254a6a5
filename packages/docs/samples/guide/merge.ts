import type { Backend } from '@acme/backend'
import { isAcmeError, mergeMetadata } from '@acme/schema'

/** What the app of this page keeps. */
export interface Prefs {
  readonly public: { readonly credits?: number }
  readonly unsafe: {
    readonly theme?: 'light' | 'dark'
    readonly mail?: { readonly news?: boolean; readonly digest?: boolean }
    readonly pinned?: readonly string[]
  }
}

export async function set({ users }: Backend<Prefs>, userId: string) {
  // #region set
  // Stored: { theme: 'dark', mail: { news: true }, pinned: ['a', 'b'] }
  const user = await users.updateUser(userId, { unsafeMetadata: { theme: 'light' } })
  // Stored: { theme: 'light' }
  // #endregion set
  return user
}

export async function merge({ users }: Backend<Prefs>, userId: string) {
  // #region merge
  // Stored: { theme: 'dark', mail: { news: true }, pinned: ['a', 'b'] }
  const user = await users.updateUserMetadata(userId, {
    unsafeMetadata: { theme: null, mail: { digest: true }, pinned: ['c'] },
  })
  // Stored: { mail: { news: true, digest: true }, pinned: ['c'] }
  // #endregion merge
  return user
}

export function pure() {
  // #region pure
  const merged = mergeMetadata({ theme: 'dark', mail: { news: true } }, { theme: null, mail: { digest: true } })
  // { mail: { news: true, digest: true } }
  // #endregion pure
  return merged
}

export async function spend({ users }: Backend<Prefs>, userId: string) {
  // #region modify
  const user = await users.modifyUserMetadata(userId, ({ publicMetadata: { credits = 0 } }) => ({
    publicMetadata: { credits: credits - 1 },
  }))
  // #endregion modify
  return user
}

export async function onlyIfSame({ users }: Backend<Prefs>, userId: string, meanwhile: () => Promise<unknown>) {
  // #region if-match
  const user = await users.getUser(userId)
  await meanwhile()
  try {
    await users.updateUser(userId, { publicMetadata: { credits: 10 } }, { ifMatch: user.version })
  } catch (error) {
    if (isAcmeError(error) && error.code === 'version_conflict') return 'changed meanwhile'
    throw error
  }
  // #endregion if-match
  return 'set'
}

export async function oneWrite({ users }: Backend<Prefs>, userId: string) {
  // #region one-write
  const user = await users.updateUser(userId, {
    firstName: 'Ada',
    publicMetadata: { credits: 10 },
    unsafeMetadata: { theme: 'dark' },
  })
  // #endregion one-write
  return user
}
