import type { ClientJson, SessionJson } from '@acme/schema/wire'
import { signSession } from '../auth/sign-session.ts'
import { isActive } from '../domain/sign-in/clients.ts'
import { signInJson } from '../domain/sign-in/sign-ins.ts'
import { signUpJson } from '../domain/sign-in/sign-ups.ts'
import { userJson } from '../domain/users/user-json.ts'
import type { Instance } from '../instance.ts'
import type { ClientRow, SessionRow, UserRow } from '../storage/rows.ts'
import { primaryEmailAddress } from '../storage/user-text.ts'

/** Shows a client: its sessions, and the sign-up or sign-in under way. */
export async function clientJson(
  instance: Instance,
  client: ClientRow,
  origin: string | undefined,
): Promise<ClientJson> {
  const { storage } = instance
  const sessions: SessionJson[] = []
  for (const id of client.sessionIds) {
    const session = await storage.find('sessions', id)
    const user = isActive(instance, session) ? await storage.find('users', session.userId) : undefined
    if (session && user) sessions.push(await sessionJson(instance, session, user, origin))
  }
  const signUp = client.signUpId === null ? undefined : await storage.find('signUps', client.signUpId)
  const signIn = client.signInId === null ? undefined : await storage.find('signIns', client.signInId)
  const front = sessions.find(({ id }) => id === client.lastActiveSessionId) ?? sessions.at(-1)
  return {
    id: client.id,
    object: 'client',
    sessions,
    sign_in: signIn ? signInJson(signIn) : null,
    sign_up: signUp ? signUpJson(signUp) : null,
    last_active_session_id: front?.id ?? null,
    last_authentication_strategy: null,
    cookie_expires_at: null,
    captcha_bypass: false,
    created_at: client.createdAt,
    updated_at: client.updatedAt,
  }
}

/** Shows a session, with a token that saves asking for one. */
export async function sessionJson(
  instance: Instance,
  session: SessionRow,
  user: UserRow,
  origin: string | undefined,
): Promise<SessionJson> {
  return {
    id: session.id,
    object: 'session',
    status: session.status,
    expire_at: session.expireAt,
    abandon_at: session.expireAt,
    last_active_at: session.lastActiveAt,
    last_active_token: { object: 'token', jwt: await signSession(instance, { session, user, origin }) },
    last_active_organization_id: null,
    actor: null,
    tasks: null,
    factor_verification_age: [0, -1],
    user: userJson(user, 'frontend', instance.clock()),
    public_user_data: {
      first_name: user.firstName,
      last_name: user.lastName,
      image_url: '',
      has_image: false,
      identifier: primaryEmailAddress(user) ?? user.username ?? '',
    },
    created_at: session.createdAt,
    updated_at: session.updatedAt,
  }
}
