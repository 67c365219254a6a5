import { Fault, fault } from '../domain/fault.ts'
import { serverVersion } from '../http/version.ts'
import type { Instance } from '../instance.ts'
import { type FrontendContext, requireSession, signedOut } from './frontend-env.ts'
import { assertOrigin } from './origin.ts'

/** How long a page waits before it asks again when there is no room for its stream, in seconds. */
const waitForRoom = 30

/**
 * `GET /v1/me/events`: the signed-in user with every change, as server-sent events (WHATWG HTML, section 9.2). The id of
 * an event is the version; `Last-Event-ID`, or `acme_last_event_id` in the query, names the one that is known already.
 */
export function events(instance: Instance): (c: FrontendContext) => Promise<Response> {
  return async (c) => {
    // Other pages could not read it, and shall not hold it open either.
    if (c.env.origin !== undefined) assertOrigin(instance, c.req.raw)
    const session = await requireSession(instance, c)
    const user = await instance.storage.find('users', session.userId)
    if (!user) throw signedOut()
    const known = c.req.header('last-event-id') ?? c.env.url.searchParams.get('acme_last_event_id')
    const body = instance.live.open(user, session, known === `${user.version}`, c.env.prefix)
    if (!body) {
      const { errors } = fault(
        503,
        'too_many_streams',
        'too many streams',
        'This server holds as many streams as it may.',
      )
      throw new Fault(503, errors, { retryAfter: waitForRoom })
    }
    return new Response(body, {
      headers: {
        'content-type': 'text/event-stream',
        // Nor may a proxy keep anything back: nginx goes by the header of its own.
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
        'acme-version': serverVersion,
      },
    })
  }
}
