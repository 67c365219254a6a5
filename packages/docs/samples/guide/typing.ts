import { createBackend } from '@acme/backend'
import { createFrontend } from '@acme/frontend'
import { defineMetadata } from '@acme/schema'
import { zodCodecs } from '@acme/schema/zod'
import * as z from 'zod'

interface Instance {
  readonly publishableKey: string
  readonly secretKey: string
  readonly apiUrl: string
}

// #region define
export const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']).default('free') }),
  unsafe: z.object({ theme: z.enum(['light', 'dark']).optional(), bio: z.string().max(500).optional() }),
})
// #endregion define

// #region private
export const serverMetadata = metadata.withPrivate(z.object({ customerId: z.string().optional() }))
// #endregion private

export async function inPage({ publishableKey }: Instance): Promise<string | undefined> {
  // #region page
  const acme = createFrontend({ publishableKey, metadata })
  await acme.load()
  acme.user?.publicMetadata.plan // 'free' | 'pro', by default 'free'
  await acme.user?.updateMetadata({ unsafeMetadata: { theme: 'dark' } })
  // #endregion page
  return acme.user?.publicMetadata.plan
}

export function mistakes({ publishableKey }: Instance): void {
  const { user } = createFrontend({ publishableKey, metadata })
  if (!user) return
  // #region mistakes
  // @ts-expect-error: no such theme
  user.update({ unsafeMetadata: { theme: 'blue' } })
  // @ts-expect-error: a page cannot write public metadata
  user.update({ publicMetadata: { plan: 'pro' } })
  // @ts-expect-error: nor read private metadata
  user.privateMetadata
  // @ts-expect-error: what is read is read-only, at every depth
  user.unsafeMetadata.theme = 'dark'
  // @ts-expect-error: the schema has no such key
  user.updateMetadata({ unsafeMetadata: { colour: 'red' } })
  // #endregion mistakes
}

// #region interface
interface MyMetadata {
  readonly public: { readonly plan: 'free' | 'pro' }
  readonly private: { readonly customerId?: string }
}
// #endregion interface

export async function byInterface({ secretKey, apiUrl }: Instance, userId: string): Promise<string> {
  // #region by-interface
  const { users } = createBackend<MyMetadata>({ secretKey, apiUrl })
  const { publicMetadata } = await users.getUser(userId)
  publicMetadata.plan // 'free' | 'pro', as far as what was stored keeps to it
  // #endregion by-interface
  return publicMetadata.plan
}

// #region codecs
const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})
export const withDates = defineMetadata({ unsafe: z.object({ seenAt: date.optional() }) }, { codecs: zodCodecs })
// #endregion codecs

export async function dates({ secretKey, apiUrl }: Instance, userId: string): Promise<number | undefined> {
  // #region dates
  const { users } = createBackend({ secretKey, apiUrl, metadata: withDates })
  await users.updateUserMetadata(userId, { unsafeMetadata: { seenAt: new Date() } })
  const { unsafeMetadata } = await users.getUser(userId)
  unsafeMetadata.seenAt?.getFullYear() // a Date again; stored is "2026-…Z"
  // #endregion dates
  return unsafeMetadata.seenAt?.getFullYear()
}

// #region invalid
export const strict = defineMetadata(
  { public: z.object({ plan: z.enum(['free', 'pro']) }) },
  { onInvalid: 'error' }, // or 'warn'; the default is 'ignore'
)
// #endregion invalid
