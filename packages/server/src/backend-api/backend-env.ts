import type { JsonValue, Side } from '@acme/schema'
import type { Context } from 'hono'
import type { Repeatable } from '../http/idempotency-key.ts'
import { jsonResponse, type Reply, replyHeaders, replyText } from '../http/reply.ts'
import type { Actor } from '../storage/rows.ts'

/** What the door of the Backend API has found out when a handler runs. */
export interface BackendEnv {
  readonly Bindings: {
    url: URL
    params: JsonValue
    apiVersion: string
    repeatable: Repeatable | undefined
    /** Who asks, to those they change. */
    actor: Actor
    /** The side of the matrix whose view of users they get. */
    view: Side
  }
}

/** The context of a handler. */
export type BackendContext = Context<BackendEnv>

/** Makes the response of a handler. */
export function reply(made: Reply): Response {
  return jsonResponse(replyText(made), 200, replyHeaders(made))
}
