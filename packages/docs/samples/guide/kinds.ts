import type { Backend } from '@acme/backend'
import type { User as PageUser } from '@acme/frontend'

/** What the app of this page keeps. */
export interface Kinds {
  readonly public: { readonly role?: 'admin' | 'member'; readonly plan?: 'free' | 'pro' }
  readonly private: { readonly customerId?: string; readonly supportNotes?: string }
  readonly unsafe: { readonly role?: string; readonly theme?: 'light' | 'dark'; readonly documentId?: string }
}

export async function eachKind({ users }: Backend<Kinds>, userId: string): Promise<void> {
  // #region each
  await users.updateUserMetadata(userId, {
    publicMetadata: { plan: 'pro' }, // the page may look
    privateMetadata: { customerId: 'cus_1' }, // no page ever gets it
    unsafeMetadata: { theme: 'dark' }, // the user decides
  })
  // #endregion each
}

export async function roles(page: PageUser<Kinds>, { users }: Backend<Kinds>, userId: string): Promise<void> {
  // #region wrong-role
  // Wrong: anybody can send this from their browser, whatever your page offers.
  await page.update({ unsafeMetadata: { role: 'admin' } })
  // #endregion wrong-role
  // #region right-role
  // Right: only who has the secret key can.
  await users.updateUserMetadata(userId, { publicMetadata: { role: 'admin' } })
  // #endregion right-role
}

export async function check({ users }: Backend<Kinds>, userId: string): Promise<string | undefined> {
  // #region check
  const { publicMetadata, unsafeMetadata } = await users.getUser(userId)
  if (publicMetadata.role !== 'admin') throw new Error('not allowed') // a fact
  const theme = unsafeMetadata.theme === 'dark' ? 'dark' : 'light' // a wish: checked like any input
  // #endregion check
  return theme
}

export async function handOver({ users }: Backend<Kinds>, userId: string): Promise<string> {
  // #region hand-over
  const user = await users.getUser(userId)
  user.privateMetadata.customerId // 'cus_1', here on your server
  const sent = JSON.stringify(user) // without it, and so are console.log, spread and props of a component
  // #endregion hand-over
  return sent
}
