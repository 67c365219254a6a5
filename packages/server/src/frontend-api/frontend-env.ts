import type { JsonValue } from '@acme/schema'
import type { Context } from 'hono'
import { type Fault, fault } from '../domain/fault.ts'
import { isActive, newClient } from '../domain/sign-in/clients.ts'
import { deviceOf } from '../domain/sign-in/device.ts'
import type { Caller } from '../domain/sign-in/tries.ts'
import { bodyToCompare, type Repeatable, readRepeatable } from '../http/idempotency-key.ts'
import { queryParam } from '../http/query-param.ts'
import type { Instance } from '../instance.ts'
import type { Actor, ClientRow, SessionRow } from '../storage/rows.ts'

/** What the door of the Frontend API has found out when a handler runs. */
export interface FrontendEnv {
  readonly Bindings: {
    url: URL
    method: string
    params: JsonValue
    /** The text of the body. */
    text: string
    apiVersion: string
    /** The client that asks; undefined when it is not known yet. */
    client: ClientRow | undefined
    /** The client's new token, to be handed over with the reply. */
    token: string | undefined
    /** The origin of the page that asks. */
    origin: string | undefined
    /** The part of the network that asks, for rate limits. */
    prefix: string | undefined
    /** Who asks, to those they change, as far as it is known by now. */
    actor: Actor
  }
}

/** The context of a handler. */
export type FrontendContext = Context<FrontendEnv>

/** The client that asks, made now when it is not known yet. */
export async function ensureClient(instance: Instance, c: FrontendContext): Promise<ClientRow> {
  if (c.env.client) return c.env.client
  const { client, token } = await newClient(instance)
  c.env.client = client
  c.env.token = token
  return client
}

/** Who asks, on a client that is made now when it is not known yet. */
export async function ensureCaller(instance: Instance, c: FrontendContext): Promise<Caller> {
  return {
    client: await ensureClient(instance, c),
    prefix: c.env.prefix,
    actor: c.env.actor,
    device: deviceOf(c.req.header('user-agent')),
  }
}

/** Who asks. @throws Fault 401 when the client is not known */
export function requireCaller(c: FrontendContext): Caller {
  return {
    client: requireClient(c),
    prefix: c.env.prefix,
    actor: c.env.actor,
    device: deviceOf(c.req.header('user-agent')),
  }
}

/** The client that asks. @throws Fault 401 when it is not known */
export function requireClient(c: FrontendContext): ClientRow {
  if (!c.env.client) throw signedOut()
  return c.env.client
}

/** The id of the session that a request names, or of the one in front, whether it is over or not; '' where there is none. */
export function sessionIdOf(c: FrontendContext): string {
  const named = queryParam(c.env.url, '_clerk_session_id')
  return named ?? c.env.client?.lastActiveSessionId ?? c.env.client?.sessionIds.at(-1) ?? ''
}

/** The session that a request names, or the one in front. @throws Fault 401 when it is over, or not of this client */
export async function requireSession(instance: Instance, c: FrontendContext): Promise<SessionRow> {
  const client = requireClient(c)
  const session = await instance.storage.find('sessions', sessionIdOf(c))
  if (session?.clientId !== client.id || !isActive(instance, session)) throw signedOut()
  return session
}

/** The fault of a request that nobody signed in has made. */
export function signedOut(): Fault {
  return fault(401, 'signed_out', 'Signed out', 'You are signed out.')
}

/**
 * Reads what makes a write of a known client repeatable, by the id of the user or session whose it is where it is
 * anybody's: people who share a browser are not shown each other's replies. It becomes a part of who asks.
 */
export async function repeatableOf(c: FrontendContext, ownerId = ''): Promise<Repeatable | undefined> {
  const key = c.env.client ? c.env.url.searchParams.get('acme_idempotency_key') : null
  const said = key === null ? '' : bodyToCompare(c.env.params, c.env.text)
  const request = `${ownerId} ${c.env.method} ${c.env.url.pathname} ${said}`
  const repeatable = await readRepeatable(key, c.env.client?.id ?? '', request)
  if (repeatable) c.env.actor = { ...c.env.actor, idempotencyKey: repeatable.id }
  return repeatable
}
