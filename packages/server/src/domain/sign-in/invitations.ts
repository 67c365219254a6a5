import type { JsonObject } from '@acme/schema'
import type { InvitationJson } from '@acme/schema/wire'
import { createSecret, digest, equalDigests } from '../../auth/digest.ts'
import type { InvitationRow } from '../../storage/rows.ts'
import type { Key, Snapshot, Transaction, Write } from '../../storage/storage.ts'
import { fold } from '../../storage/user-text.ts'
import { createId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { fault, notFound, paramFault } from '../fault.ts'
import { changeMetadata, noMetadata } from '../metadata/metadata.ts'
import { assertFree, type Identifier, identifierId } from '../users/identifiers.ts'
import { readEmailAddress } from '../users/user-fields.ts'

const day = 86_400_000

/** For how many days an invitation is good that says nothing of it. */
const defaultDays = 30

/** What somebody is asked to sign up by. */
export interface Invitation {
  readonly emailAddress: string
  readonly publicMetadata: JsonObject
  readonly expiresInDays: number | undefined
  /** The page that the invitation leads to. */
  readonly url: string | undefined
  /** Whether it may be another one, and to somebody who has an account. */
  readonly ignoresExisting: boolean
}

/** An invitation, and where it leads when it was made now. */
export interface MadeInvitation {
  readonly row: InvitationRow
  readonly url?: string | undefined
}

/** Plans to make an invitation. @throws Fault 422, or 400 where there is one already */
export async function createInvitation(deps: Deps, given: Invitation): Promise<Transaction<MadeInvitation>> {
  const emailAddress = readEmailAddress(given.emailAddress)
  const now = deps.clock()
  const secret = createSecret()
  const row: InvitationRow = {
    id: createId('invitation', now),
    emailAddress,
    publicMetadata: changeMetadata(noMetadata, { public_metadata: given.publicMetadata }, 'replace').public,
    secretDigest: await digest(secret),
    status: 'pending',
    createdAt: now,
    updatedAt: now,
    expireAt: now + (given.expiresInDays ?? defaultDays) * day,
  }
  const url = linkOf(given.url ?? deps.signUps.url, `${row.id}.${secret}`)
  const identifier: Identifier = { param: 'email_address', value: emailAddress }
  const address = fold(emailAddress)
  const invited = { collection: 'invited', id: address } as const
  return {
    reads: [{ collection: 'identifiers', id: identifierId(identifier) }, invited],
    follow(rows) {
      const earlier = rows.get('invited', address)
      return earlier ? [invitationKey(earlier.invitationId)] : []
    },
    decide(rows) {
      const earlier = rows.get('invited', address)
      if (!given.ignoresExisting) {
        assertFree(rows, [identifier])
        if (earlier && isPending(deps, rows, earlier.invitationId)) {
          const long = 'There is a pending invitation for this e-mail address. Revoke it first, or set ignore_existing.'
          throw fault(400, 'duplicate_record', 'duplicate invitation', long)
        }
      }
      const writes: Write[] = [
        { put: 'invitations', row },
        { put: 'invited', row: { id: address, invitationId: row.id, expireAt: row.expireAt } },
      ]
      return { writes, result: { row, url } }
    },
  }
}

/** Plans to take an invitation back. @throws Fault 400 when it is pending no more */
export function revokeInvitation(deps: Deps, id: string): Transaction<MadeInvitation> {
  return {
    reads: [invitationKey(id)],
    decide(rows) {
      const current = rows.get('invitations', id)
      if (!current) throw notFound('invitation', id)
      if (current.status !== 'pending') {
        const long = 'Only a pending invitation can be revoked.'
        throw fault(400, 'invitation_not_pending', 'is not pending', long)
      }
      const row: InvitationRow = { ...current, status: 'revoked', updatedAt: deps.clock() }
      return { writes: [{ put: 'invitations', row }], result: { row } }
    },
  }
}

/** Plans to delete what is kept of an invitation. */
export function deleteInvitation(id: string): Transaction<string> {
  return {
    reads: [invitationKey(id)],
    follow(rows) {
      const row = rows.get('invitations', id)
      return row ? [{ collection: 'invited', id: fold(row.emailAddress) }] : []
    },
    decide(rows) {
      const current = rows.get('invitations', id)
      if (!current) throw notFound('invitation', id)
      const address = fold(current.emailAddress)
      const isLatest = rows.get('invited', address)?.invitationId === id
      return {
        writes: [{ delete: 'invitations', id }, ...(isLatest ? [{ delete: 'invited', id: address } as const] : [])],
        result: id,
      }
    },
  }
}

/** Reads the ticket of an invitation: its row, when the secret is right. @throws Fault 400 */
export async function readInvitation(deps: Deps, ticket: string): Promise<InvitationRow> {
  const [, id, secret] = /^(inv_[A-Za-z0-9]+)\.([\w-]+)$/.exec(ticket) ?? []
  const row = id ? await deps.storage.find('invitations', id) : undefined
  if (!row || !secret || !equalDigests(row.secretDigest, await digest(secret))) throw invalid()
  return row
}

/** Uses an invitation up, as it is now. @throws Fault 400 when it is not to be used, or no more */
export function acceptInvitation(deps: Deps, row: InvitationRow | undefined): Write[] {
  return [{ put: 'invitations', row: { ...assertPending(deps, row), status: 'accepted', updatedAt: deps.clock() } }]
}

/** Refuses an invitation that is not to be used, or no more. @throws Fault 400 */
export function assertPending(deps: Deps, row: InvitationRow | undefined): InvitationRow {
  if (row?.status !== 'pending') throw invalid()
  if (row.expireAt <= deps.clock()) throw fault(400, 'ticket_expired_code', 'Ticket expired', 'The ticket has expired.')
  return row
}

/** Names an invitation in a transaction. */
export function invitationKey(id: string): Key {
  return { collection: 'invitations', id }
}

function isPending({ clock }: Deps, rows: Snapshot, id: string): boolean {
  const row = rows.get('invitations', id)
  return row?.status === 'pending' && row.expireAt > clock()
}

function invalid() {
  return fault(400, 'ticket_invalid_code', 'Ticket is invalid', 'The ticket is invalid.')
}

function linkOf(page: string | undefined, ticket: string): string {
  const url = page !== undefined && URL.canParse(page) ? new URL(page) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    const long =
      'Give the whole address of the page that people sign up on, or start the server with one (--sign-up-url).'
    throw paramFault('redirect_url', 'form_param_value_invalid', 'is no page', long)
  }
  // By Clerk's names, which Clerk's components read.
  url.searchParams.set('__clerk_status', 'sign_up')
  url.searchParams.set('__clerk_ticket', ticket)
  return url.href
}

/** Shows an invitation; where it leads shows only when it is made. */
export function invitationJson({ row, url }: MadeInvitation, now: number): InvitationJson {
  return {
    id: row.id,
    object: 'invitation',
    email_address: row.emailAddress,
    public_metadata: row.publicMetadata,
    status: row.status === 'pending' && row.expireAt <= now ? 'expired' : row.status,
    revoked: row.status === 'revoked',
    ...(url !== undefined && { url }),
    expires_at: row.expireAt,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  }
}
