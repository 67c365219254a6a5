import type { Actor, EmailAddressRow, PendingEmailAddressRow, UserRow } from '../../storage/rows.ts'
import type { Transaction } from '../../storage/storage.ts'
import { fold } from '../../storage/user-text.ts'
import { createId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { fault, notFound, paramFault } from '../fault.ts'
import { changed, hasId, maxAddresses, maxPending, pendingOf, unverifiedOf, verifiedOf } from './address-rows.ts'
import { changeUser } from './change-user.ts'
import { type EmailAddressResult, resultOf } from './email-addresses.ts'
import { assertFree, type Identifier, identifierId } from './identifiers.ts'
import { readEmailAddress } from './user-fields.ts'

/** What a server says of an address. */
export interface EmailAddressState {
  readonly isVerified?: boolean | undefined
  /** Only true says something. */
  readonly isPrimary?: boolean | undefined
}

/** Plans to give a user an address without a proof, for the Backend API. */
export function createEmailAddress(
  deps: Deps,
  actor: Actor,
  userId: string,
  text: string,
  state: EmailAddressState,
): Transaction<EmailAddressResult> {
  const emailAddress = readEmailAddress(text)
  const now = deps.clock()
  const added: PendingEmailAddressRow = { id: createId('emailAddress', now), emailAddress, createdAt: now, code: null }
  return setEmailAddress(deps, actor, userId, added, state, (user) => {
    if ([...user.emailAddresses, ...pendingOf(user)].some((one) => fold(one.emailAddress) === fold(emailAddress))) {
      throw paramFault(
        'email_address',
        'form_identifier_exists',
        'is taken',
        'The user has that e-mail address already.',
      )
    }
    if (user.emailAddresses.length + pendingOf(user).length >= maxAddresses + maxPending) {
      const long = `A user has at most ${maxAddresses + maxPending} e-mail addresses.`
      throw fault(422, 'email_addresses_exceeded', 'too many', long)
    }
    return { ...user, pendingEmailAddresses: [...pendingOf(user), added] }
  })
}

/** Plans to take an address of a user for verified or not, or for the primary one, for the Backend API. @throws Fault 404 */
export function updateEmailAddress(
  deps: Deps,
  actor: Actor,
  user: UserRow,
  id: string,
  state: EmailAddressState,
): Transaction<EmailAddressResult> {
  const address = [...user.emailAddresses, ...pendingOf(user)].find(hasId(id))
  if (!address) throw notFound('email address', id)
  return setEmailAddress(deps, actor, user.id, address, state, (current) => current)
}

function setEmailAddress(
  deps: Deps,
  actor: Actor,
  userId: string,
  { id, emailAddress }: EmailAddressRow,
  { isVerified, isPrimary }: EmailAddressState,
  prepare: (user: UserRow) => UserRow,
): Transaction<EmailAddressResult> {
  const identifier: Identifier = { param: 'email_address', value: emailAddress }
  const change = changeUser(deps, actor, userId, undefined, {
    reads: [{ collection: 'identifiers', id: identifierId(identifier) }],
    change(user, rows) {
      const prepared = prepare(user)
      const verified = prepared.emailAddresses.find(hasId(id))
      const pending = pendingOf(prepared).find(hasId(id))
      if (!verified && !pending) throw notFound('email address', id)
      let next = prepared
      if (pending && isVerified) {
        assertFree(rows, [identifier], userId)
        next = verifiedOf(prepared, pending)
      }
      if (verified && isVerified === false) next = unverifiedOf(prepared, verified)
      if (isPrimary && !next.emailAddresses.some(hasId(id))) {
        throw paramFault(
          'primary',
          'form_param_value_invalid',
          'is not verified',
          'A primary address is a verified one.',
        )
      }
      return changed(user, { ...next, ...(isPrimary && { primaryEmailAddressId: id }) })
    },
  })
  return resultOf(change, id)
}
