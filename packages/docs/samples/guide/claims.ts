import { type Backend, createBackend } from '@acme/backend'
import type { Frontend } from '@acme/frontend'
import { defineMetadata, isAcmeError } from '@acme/schema'
import * as z from 'zod'

// #region define
export const metadata = defineMetadata(
  {
    public: z.object({ plan: z.enum(['free', 'pro']), team: z.object({ id: z.string().max(40) }).optional() }),
    unsafe: z.object({ theme: z.enum(['light', 'dark']).optional() }),
  },
  { claims: { plan: 'public.plan', team: 'public.team.id', theme: 'unsafe.theme' } },
)
// #endregion define

interface Instance {
  readonly secretKey: string
  readonly apiUrl: string
}

export async function verify(instance: Instance, token: string) {
  // #region verify
  const { tokens } = createBackend({ ...instance, metadata })
  const { userId, claims } = await tokens.verify(token)
  if (claims.plan !== 'pro') throw new Error(`${userId} may not do this`)
  // #endregion verify
  return claims.team
}

// #region upgrade
export async function upgrade({ users }: Backend<typeof metadata>, userId: string): Promise<number | undefined> {
  const { version } = await users.updateUserMetadata(userId, { publicMetadata: { plan: 'pro' } })
  return version // hand it to the page, which sends it along with what it asks next
}

export async function answer({ tokens }: Backend<typeof metadata>, token: string, minVersion: number) {
  try {
    const { claims } = await tokens.verify(token, { minVersion })
    return claims.plan
  } catch (error) {
    if (isAcmeError(error) && error.code === 'token_stale') return 'ask again' // 401: see the page
    throw error
  }
}
// #endregion upgrade

// #region renew
export async function renew(acme: Frontend<typeof metadata>): Promise<string | undefined> {
  await acme.user?.reload() // a newer version makes the next token a new one
  return acme.session?.getToken()
}
// #endregion renew

// #region create
export async function createTemplate({ secretKey, apiUrl }: Instance, template: object): Promise<number> {
  const { status } = await fetch(`${apiUrl}/v1/jwt_templates`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(template),
  })
  return status
}
// #endregion create
