import { isId } from '@acme/schema'
import { createInvitationBody, emptyBody, type InvitationJson, invitationStatus } from '@acme/schema/wire'
import { Hono } from 'hono'
import { fault, notFound, paramFault } from '../domain/fault.ts'
import {
  createInvitation,
  deleteInvitation,
  invitationJson,
  type MadeInvitation,
  revokeInvitation,
} from '../domain/sign-in/invitations.ts'
import { commit } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { InvitationRow } from '../storage/rows.ts'
import { fold } from '../storage/user-text.ts'
import { type BackendContext, type BackendEnv, reply } from './backend-env.ts'
import { readNumber } from './user-query.ts'

/** How many invitations are read at a time. */
const pageSize = 500

/** `/v1/invitations` of the Backend API. */
export function invitations(instance: Instance): Hono<BackendEnv> {
  const show = (made: MadeInvitation) => ({ json: invitationJson(made, instance.clock()) })

  return new Hono<BackendEnv>()
    .get('/', async (c) => {
      const query = c.env.url.searchParams
      const limit = readNumber('limit', query.get('limit') ?? '10', 1, 500)
      const offset = readNumber('offset', query.get('offset') ?? '0', 0, 1e9)
      const status = query.get('status')
      if (status !== null && !invitationStatus.safeParse(status).success)
        throw paramFault('status', 'form_param_value_invalid', 'is not a status')
      const part = fold(query.get('query') ?? '')
      const fits = (one: InvitationJson) =>
        // As Clerk's: those that were taken back are shown to who asks for them.
        (status === null ? one.status !== 'revoked' : one.status === status) &&
        (fold(one.email_address).includes(part) || one.id === query.get('query'))
      const found: InvitationJson[] = []
      for await (const row of allOf(instance)) {
        const json = invitationJson({ row }, instance.clock())
        if (fits(json)) found.push(json)
      }
      const data = ordered(found, query.get('order_by')).slice(offset, offset + limit)
      return reply({ json: query.get('paginated') === 'true' ? { data, total_count: found.length } : data })
    })
    .post('/', async (c) => {
      const body = validate(createInvitationBody, c.env.params, 'backend')
      const notifies = body.notify !== false && instance.instanceType === 'live'
      if (notifies && !instance.sendNotice) {
        const long = 'This instance has no way to send mails. Set notify to false, and hand the url over yourself.'
        throw fault(400, 'request_invalid_for_environment', 'cannot send', long)
      }
      const { emailAddress, ...given } = {
        emailAddress: body.email_address,
        publicMetadata: body.public_metadata ?? {},
        expiresInDays: body.expires_in_days ?? undefined,
        url: body.redirect_url ?? undefined,
        ignoresExisting: body.ignore_existing === true,
      }
      const makePlan = () => createInvitation(instance, { emailAddress, ...given })
      // Not kept to be repeated: the reply holds the secret.
      const made = await commit(instance, { makePlan, toReply: show, repeatable: undefined })
      const { row, url } = made.result ?? {}
      if (body.notify !== false && row && url !== undefined)
        await instance.sendNotice?.({ to: row.emailAddress, purpose: 'invitation', url })
      return reply(made)
    })
    .post('/:id/revoke', async (c) => {
      validate(emptyBody, c.env.params, 'backend')
      const id = invitationId(c)
      const makePlan = () => revokeInvitation(instance, id)
      return reply(await commit(instance, { makePlan, toReply: show, repeatable: c.env.repeatable }))
    })
    .delete('/:id', async (c) => {
      const id = invitationId(c)
      const makePlan = () => deleteInvitation(id)
      const toReply = () => ({ json: { object: 'invitation', id, deleted: true } })
      return reply(await commit(instance, { makePlan, toReply, repeatable: c.env.repeatable }))
    })
}

async function* allOf({ storage }: Instance): AsyncGenerator<InvitationRow, void> {
  for (let before: string | undefined; ; ) {
    const page = await storage.listInvitations({ before, limit: pageSize })
    yield* page
    before = page.at(-1)?.id
    if (page.length < pageSize) return
  }
}

const orders: Readonly<Record<string, (one: InvitationJson) => string | number>> = {
  created_at: ({ id }) => id,
  email_address: ({ email_address }) => fold(email_address),
  expires_at: ({ expires_at }) => expires_at,
}

function ordered(list: readonly InvitationJson[], given: string | null): readonly InvitationJson[] {
  const order = given?.trim() || '-created_at'
  const by = orders[order.replace(/^[+-]/, '')]
  if (!by) throw paramFault('order_by', 'form_param_value_invalid', 'is not an order of invitations')
  const sign = order.startsWith('-') ? -1 : 1
  const compare = (a: string | number, b: string | number) => (a === b ? 0 : a < b ? -1 : 1)
  return list.toSorted((a, b) => sign * compare(by(a), by(b)))
}

function invitationId(c: BackendContext): string {
  const id = c.req.param('id') ?? ''
  if (!isId('invitation', id)) throw notFound('invitation', id)
  return id
}
