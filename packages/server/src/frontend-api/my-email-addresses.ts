import { attemptEmailAddressBody, emailAddressBody, emptyBody, prepareBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import {
  addEmailAddress,
  attemptEmailAddress,
  deleteEmailAddress,
  type EmailAddressResult,
  prepareEmailAddress,
  shownEmailAddress,
} from '../domain/users/email-addresses.ts'
import { createOwnerWatch } from '../domain/users/owner-watch.ts'
import { userJson } from '../domain/users/user-json.ts'
import { commit } from '../http/commit.ts'
import { jsonResponse } from '../http/reply.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { Transaction } from '../storage/storage.ts'
import { actingSession } from './change-me.ts'
import { envelope } from './envelope.ts'
import { type FrontendContext, type FrontendEnv, repeatableOf, requireCaller, signedOut } from './frontend-env.ts'

type Plan = Transaction<EmailAddressResult>

/** `/v1/me/email_addresses`. */
export function myEmailAddresses(instance: Instance): Hono<FrontendEnv> {
  const run = async (
    c: FrontendContext,
    makePlan: (userId: string) => Plan | Promise<Plan>,
    show: (result: EmailAddressResult) => object = ({ user, id }) => shownEmailAddress(user, id),
  ) => {
    const { userId } = await actingSession(instance, c)
    const owner = createOwnerWatch(instance)
    const done = await commit(instance, {
      makePlan: async () => owner.watched(await makePlan(userId)),
      toReply: (result) => (result.fault ? { fault: result.fault } : { json: show(result) }),
      repeatable: await repeatableOf(c, userId),
    })
    if (done.fault) throw done.fault
    await owner.tell()
    return envelope(instance, c, done)
  }

  return (
    new Hono<FrontendEnv>()
      // Without an envelope, as in Clerk's description.
      .get('/', async (c) => {
        const { userId } = await actingSession(instance, c)
        const user = await instance.storage.find('users', userId)
        if (!user) throw signedOut()
        const { email_addresses } = userJson(user, 'frontend', instance.clock())
        return jsonResponse(JSON.stringify(email_addresses), 200)
      })
      .post('/', async (c) => {
        const { email_address } = validate(emailAddressBody, c.env.params, 'frontend')
        return run(c, (userId) => addEmailAddress(instance, requireCaller(c), userId, email_address))
      })
      .get('/:id', async (c) => {
        const { userId } = await actingSession(instance, c)
        const user = await instance.storage.find('users', userId)
        if (!user) throw signedOut()
        return envelope(instance, c, { json: shownEmailAddress(user, c.req.param('id')) })
      })
      .post('/:id/prepare_verification', async (c) => {
        validate(prepareBody, c.env.params, 'frontend')
        return run(c, (userId) => prepareEmailAddress(instance, requireCaller(c), userId, c.req.param('id')))
      })
      .post('/:id/attempt_verification', async (c) => {
        const { code } = validate(attemptEmailAddressBody, c.env.params, 'frontend')
        return run(c, (userId) => attemptEmailAddress(instance, requireCaller(c), userId, c.req.param('id'), code))
      })
      .delete('/:id', async (c) => {
        validate(emptyBody, c.env.params, 'frontend')
        return run(
          c,
          (userId) => deleteEmailAddress(instance, requireCaller(c), userId, c.req.param('id')),
          ({ id }) => ({ object: 'email_address', id, deleted: true }),
        )
      })
  )
}
