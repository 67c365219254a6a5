import { isId } from '@acme/schema'
import { createEmailAddressBody, updateEmailAddressBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { notFound } from '../domain/fault.ts'
import { deleteEmailAddress, type EmailAddressResult, shownEmailAddress } from '../domain/users/email-addresses.ts'
import { findUserByEmailAddressId } from '../domain/users/identifiers.ts'
import { createEmailAddress, updateEmailAddress } from '../domain/users/set-email-address.ts'
import { commit } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { UserRow } from '../storage/rows.ts'
import type { Transaction } from '../storage/storage.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'

/** `/v1/email_addresses` of the Backend API. */
export function emailAddresses(instance: Instance): Hono<BackendEnv> {
  const run = async (
    c: BackendContext,
    makePlan: () => Transaction<EmailAddressResult> | Promise<Transaction<EmailAddressResult>>,
    show: (result: EmailAddressResult) => object = ({ user, id }) => shownEmailAddress(user, id),
  ) => {
    const toReply = (result: EmailAddressResult) => ({ json: show(result) })
    return reply(await commit(instance, { makePlan, toReply, repeatable: c.env.repeatable }))
  }

  const holderOf = async (id: string): Promise<UserRow> => {
    const user = isId('emailAddress', id) ? await findUserByEmailAddressId(instance.storage, id) : undefined
    if (!user) throw notFound('email address', id)
    return user
  }

  return new Hono<BackendEnv>()
    .post('/', async (c) => {
      const body = validate(createEmailAddressBody, c.env.params, 'backend')
      if (!isId('user', body.user_id)) throw notFound('user', body.user_id)
      return run(c, () => createEmailAddress(instance, c.env.actor, body.user_id, body.email_address, stateOf(body)))
    })
    .get('/:id', async (c) => {
      const id = c.req.param('id')
      return reply({ json: shownEmailAddress(await holderOf(id), id) })
    })
    .patch('/:id', async (c) => {
      const id = c.req.param('id')
      const body = validate(updateEmailAddressBody, c.env.params, 'backend')
      return run(c, async () => updateEmailAddress(instance, c.env.actor, await holderOf(id), id, stateOf(body)))
    })
    .delete('/:id', async (c) => {
      const id = c.req.param('id')
      return run(
        c,
        async () => deleteEmailAddress(instance, c.env, (await holderOf(id)).id, id),
        () => ({ object: 'email_address', id, deleted: true }),
      )
    })
}

/** Null says as little as what is left out. */
function stateOf(body: {
  readonly verified?: boolean | null | undefined
  readonly primary?: boolean | null | undefined
}) {
  return { isVerified: body.verified ?? undefined, isPrimary: body.primary ?? undefined }
}
