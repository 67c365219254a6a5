import type { EmailAddressJson } from '@acme/schema/wire'
import type { PendingEmailAddressRow, UserRow } from '../../storage/rows.ts'
import type { Transaction } from '../../storage/storage.ts'
import { fold } from '../../storage/user-text.ts'
import { createId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { type Fault, fault, notFound, paramFault } from '../fault.ts'
import { codeDigest, codeFault, hasTestCode, sendCode } from '../sign-in/codes.ts'
import {
  type Caller,
  countTry,
  forgetTries,
  inboxOf,
  mailTo,
  mayTry,
  spendTry,
  triesAt,
  tryKeys,
} from '../sign-in/tries.ts'
import { changed, hasId, maxAddresses, maxPending, pendingOf, setPending, verifiedOf } from './address-rows.ts'
import { changeUser, userKey } from './change-user.ts'
import { assertFree, type Identifier, identifierId } from './identifiers.ts'
import { readEmailAddress } from './user-fields.ts'
import { emailAddressJson, pendingEmailAddressJson } from './user-json.ts'

/** How long an address that was not verified is kept at least, in milliseconds. */
const pendingLifetime = 86_400_000

/** What a step came to. A fault that is counted (a wrong code) is stored with it. */
export interface EmailAddressResult {
  readonly user: UserRow
  readonly id: string
  readonly fault?: Fault | undefined
}

/**
 * Plans to add an address, which is nobody's until its owner has verified it. Whether somebody else has it does not show
 * before: only whoever reads its mail is told.
 */
export function addEmailAddress(
  deps: Deps,
  { actor }: Pick<Caller, 'actor'>,
  userId: string,
  text: string,
): Transaction<EmailAddressResult> {
  const emailAddress = readEmailAddress(text)
  const now = deps.clock()
  const added: PendingEmailAddressRow = { id: createId('emailAddress', now), emailAddress, createdAt: now, code: null }
  const change = changeUser(deps, actor, userId, undefined, {
    reads: [],
    change(user) {
      const pending = pendingOf(user).filter(({ createdAt }) => createdAt + pendingLifetime > now)
      if ([...user.emailAddresses, ...pending].some((one) => fold(one.emailAddress) === fold(emailAddress))) {
        const long = 'You have that e-mail address already.'
        throw paramFault('email_address', 'form_identifier_exists', 'is taken', long)
      }
      if (pending.length >= maxPending || user.emailAddresses.length >= maxAddresses) {
        const long = `A user has at most ${maxAddresses} e-mail addresses, ${maxPending} of them unverified.`
        throw fault(422, 'email_addresses_exceeded', 'too many', long)
      }
      return changed(user, { ...user, pendingEmailAddresses: [...pending, added] })
    },
  })
  return resultOf(change, added.id)
}

/** Plans to send a code to an address that is not verified yet. */
export async function prepareEmailAddress(
  deps: Deps,
  caller: Caller,
  userId: string,
  id: string,
): Promise<Transaction<EmailAddressResult>> {
  const { emailAddress: to } = await findPending(deps, userId, id)
  const tries = await triesAt(deps, 'mail', caller, mailTo(to, 'addition'))
  const maySend = hasTestCode(deps, to) || (await spendTry(deps, tries))
  const code = await sendCode(deps, id, { to, maySend }, 'verify_email_address')
  return {
    reads: [userKey(userId)],
    decide(rows) {
      // That a code is under way is no change of the user: their version stays.
      const user = withPending(rows.get('users', userId), id, (one) => ({ ...one, code }))
      return { writes: [{ put: 'users', row: user }], result: { user, id } }
    },
  }
}

/** Plans to try a code; the right one makes the address the user's. */
export async function attemptEmailAddress(
  deps: Deps,
  caller: Caller,
  userId: string,
  id: string,
  code: string,
): Promise<Transaction<EmailAddressResult>> {
  const { emailAddress } = await findPending(deps, userId, id)
  const identifier: Identifier = { param: 'email_address', value: emailAddress }
  const tried = await codeDigest(id, code)
  const tries = await triesAt(deps, 'code', caller, { by: inboxOf(emailAddress) })
  const change = changeUser(deps, caller.actor, userId, undefined, {
    reads: [{ collection: 'identifiers', id: identifierId(identifier) }],
    change(user, rows) {
      assertFree(rows, [identifier], userId)
      const pending = pendingOf(user).find(hasId(id))
      if (!pending) throw notFound('email address', id)
      return changed(user, verifiedOf(user, pending))
    },
  })
  return {
    ...change,
    reads: [...change.reads, ...tryKeys(tries)],
    decide(rows) {
      const now = deps.clock()
      mayTry(rows, tries, now)
      const user = rows.get('users', userId)
      const stored = user && pendingOf(user).find(hasId(id))
      if (!stored) throw notFound('email address', id)
      const wrong = codeFault(deps, stored.code, tried)
      if (!wrong) {
        const { writes, result } = change.decide(rows)
        return { writes: [...writes, ...forgetTries(tries)], result: { user: result, id } }
      }
      const counted = withPending(user, id, (one) => ({
        ...one,
        code: one.code && { ...one.code, attempts: one.code.attempts + 1 },
      }))
      // Without a code there was nothing to guess.
      const writes = [{ put: 'users', row: counted } as const, ...(stored.code ? countTry(rows, tries, now) : [])]
      return { writes, result: { user: counted, id, fault: wrong } }
    },
  }
}

/** Plans to delete an address, verified or not; of two, the other becomes the primary one. */
export function deleteEmailAddress(
  deps: Deps,
  { actor }: Pick<Caller, 'actor'>,
  userId: string,
  id: string,
): Transaction<EmailAddressResult> {
  const change = changeUser(deps, actor, userId, undefined, {
    reads: [],
    change(user) {
      const emailAddresses = user.emailAddresses.filter((one) => one.id !== id)
      const pending = pendingOf(user).filter((one) => one.id !== id)
      const isVerified = emailAddresses.length < user.emailAddresses.length
      if (!isVerified && pending.length === pendingOf(user).length) throw notFound('email address', id)
      if (isVerified && emailAddresses.length === 0 && (user.username === null || user.passwordHash === null)) {
        const long = 'It is the last by which you can sign in. Add another e-mail address first.'
        throw fault(422, 'last_identification_deletion_failed', 'cannot be deleted', long)
      }
      const wasPrimary = user.primaryEmailAddressId === id
      const next: UserRow = {
        ...user,
        ...setPending(pending),
        emailAddresses,
        primaryEmailAddressId: wasPrimary ? (emailAddresses[0]?.id ?? null) : user.primaryEmailAddressId,
      }
      return changed(user, next)
    },
  })
  return resultOf(change, id)
}

/** Shows an address of a user. @throws Fault 404 */
export function shownEmailAddress(user: UserRow, id: string): EmailAddressJson {
  const verified = user.emailAddresses.find(hasId(id))
  if (verified) return emailAddressJson(verified)
  const pending = pendingOf(user).find(hasId(id))
  if (!pending) throw notFound('email address', id)
  return pendingEmailAddressJson(pending)
}

async function findPending(deps: Deps, userId: string, id: string): Promise<PendingEmailAddressRow> {
  const user = await deps.storage.find('users', userId)
  const pending = user && pendingOf(user).find(hasId(id))
  if (pending) return pending
  if (!user?.emailAddresses.some(hasId(id))) throw notFound('email address', id)
  throw fault(400, 'verification_already_verified', 'is verified', 'This e-mail address is verified already.')
}

function withPending(
  user: UserRow | undefined,
  id: string,
  change: (one: PendingEmailAddressRow) => PendingEmailAddressRow,
): UserRow {
  if (!user || !pendingOf(user).some(hasId(id))) throw notFound('email address', id)
  return { ...user, pendingEmailAddresses: pendingOf(user).map((one) => (one.id === id ? change(one) : one)) }
}

/** A change of a user, that comes to something of an address. */
export function resultOf(change: Transaction<UserRow>, id: string): Transaction<EmailAddressResult> {
  return {
    ...change,
    decide(rows) {
      const { writes, result: user } = change.decide(rows)
      return { writes, result: { user, id } }
    },
  }
}
