import { isId } from '@acme/schema'
import { createInvitationBody, emptyBody, type InvitationJson, invitationStatus } from '@acme/schema/wire'
import { Hono } from 'hono'
import { Fault, fault, notFound, paramFault } from '../domain/fault.ts'
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
      const isCounted = query.get('paginated') === 'true'
      const order = readOrder(query.get('order_by'))
      const found: InvitationJson[] = []
      let total = 0
      for await (const row of allOf(instance)) {
        const json = invitationJson({ row }, instance.clock())
        if (!fits(json)) continue
        total++
        // They come in this order: what is not on the page is not kept, nor read where nobody counts.
        if (!order.isNewestFirst || total > offset) found.push(json)
        if (order.isNewestFirst && found.length > limit) found.pop()
        if (order.isNewestFirst && !isCounted && found.length === limit) break
      }
      const data = order.isNewestFirst ? found : found.toSorted(order.compare).slice(offset, offset + limit)
      return reply({ json: isCounted ? { data, total_count: total } : data })
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
      if (body.notify !== false && row && url !== undefined) await sendOrTakeBack(instance, row, url)
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

/** Mails an invitation; one that was not sent is none, so that it can be made again. @throws Fault 503 */
async function sendOrTakeBack({ storage, sendNotice }: Instance, { id, emailAddress: to }: InvitationRow, url: string) {
  try {
    await sendNotice?.({ to, purpose: 'invitation', url })
  } catch (cause) {
    await storage.transact(deleteInvitation(id))
    const long = 'The mail could not be sent, and there is no invitation: ask again, or set notify to false.'
    const { errors } = fault(503, 'invitation_not_sent', 'was not sent', long)
    throw new Fault(503, errors, { outcome: 'not_applied', cause })
  }
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

/** How a list is ordered, and whether that is how they are kept. */
function readOrder(given: string | null) {
  const order = given?.trim() || '-created_at'
  const by = orders[order.replace(/^[+-]/, '')]
  if (!by) throw paramFault('order_by', 'form_param_value_invalid', 'is not an order of invitations')
  const sign = order.startsWith('-') ? -1 : 1
  return {
    isNewestFirst: order === '-created_at',
    compare(one: InvitationJson, other: InvitationJson): number {
      const [a, b] = [by(one), by(other)]
      return sign * (a === b ? 0 : a < b ? -1 : 1)
    },
  }
}

function invitationId(c: BackendContext): string {
  const id = c.req.param('id') ?? ''
  if (!isId('invitation', id)) throw notFound('invitation', id)
  return id
}
