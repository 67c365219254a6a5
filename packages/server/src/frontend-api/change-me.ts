import { createOwnerWatch } from '../domain/users/owner-watch.ts'
import { userText } from '../domain/users/user-json.ts'
import { commit, rowsOf } from '../http/commit.ts'
import type { Reply } from '../http/reply.ts'
import type { Instance } from '../instance.ts'
import type { SessionRow, UserRow } from '../storage/rows.ts'
import type { Transaction } from '../storage/storage.ts'
import { envelope } from './envelope.ts'
import { type FrontendContext, repeatableOf, requireSession } from './frontend-env.ts'

/** Changes the signed-in user, and shows them. */
export async function changeMe(
  instance: Instance,
  c: FrontendContext,
  makePlan: (session: SessionRow) => Transaction<UserRow> | Promise<Transaction<UserRow>>,
): Promise<Response> {
  // Who is no longer signed in is not shown again what they wrote.
  const session = await actingSession(instance, c)
  const owner = createOwnerWatch(instance)
  const done = await commit(instance, {
    makePlan: async () => owner.watched(await makePlan(session)),
    toReply: (user) => meReply(instance, user),
    repeatable: await repeatableOf(c, session.userId),
    subject: rowsOf('users'),
  })
  await owner.tell()
  return envelope(instance, c, done)
}

/** The session that a request names, or the one in front, which becomes a part of who asks. @throws Fault 401 */
export async function actingSession(instance: Instance, c: FrontendContext): Promise<SessionRow> {
  const session = await requireSession(instance, c)
  c.env.actor = { ...c.env.actor, sessionId: session.id }
  return session
}

/** Shows the signed-in user. */
export function meReply(instance: Instance, user: UserRow): Reply {
  return { text: userText(user, 'frontend', instance.clock()), version: user.version }
}
