import type { FirstFactorJson, SignInJson } from '@acme/schema/wire'
import type { ClientRow, CodeRow, SignInRow, UserRow } from '../../storage/rows.ts'
import type { Decision, Key, Snapshot, Transaction } from '../../storage/storage.ts'
import { primaryEmailAddress } from '../../storage/user-text.ts'
import { createId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { type Fault, notFound, paramFault } from '../fault.ts'
import { assertAdmitted } from '../users/admission.ts'
import { findUserByIdentifier } from '../users/identifiers.ts'
import { assertWithin, attemptKeys, type Counter, count, spend } from './attempts.ts'
import { beginSession, keptClient, knows, newToken } from './clients.ts'
import { codeDigest, codeFault, codeJson, hasTestCode, sendCode } from './codes.ts'
import { heldKeys, makeRoom } from './held-sessions.ts'
import { acceptTicket, readTicket, signInTokenKey } from './sign-in-tokens.ts'
import {
  beginnings,
  byAccount,
  byIdentifier,
  byNobody,
  type Caller,
  countTry,
  forgetSpent,
  forgetTries,
  inboxOf,
  mayTry,
  spendTry,
  type Target,
  triesAt,
  tryKeys,
} from './tries.ts'

/** How long a sign-in may take, in milliseconds. */
const signInLifetime = 3_600_000

/** How long a new password may take once it was proved who sets it, in milliseconds. */
const resetLifetime = 600_000

/** What a step of a sign-in came to. A fault that is counted (a wrong code) is stored with it. */
export interface SignInResult {
  readonly signIn: SignInRow
  /** The client's new token, when the sign-in is complete. */
  readonly token?: string | undefined
  readonly fault?: Fault | undefined
}

/** How someone proves who they are. */
export type Proof = { readonly password: string } | { readonly code: string; readonly strategy: CodeStrategy }

/** What a code is asked for: to sign in by, or to set another password first. */
export type CodeStrategy = 'email_code' | 'reset_password_email_code'

/** Plans to begin a sign-in; with a password, to complete it. */
export async function createSignIn(
  deps: Deps,
  caller: Caller,
  identifier: string,
  password: string | undefined,
): Promise<Transaction<SignInResult>> {
  const { client } = caller
  const user = await findUserByIdentifier(deps.storage, identifier)
  const signIn = newSignIn(deps, client, identifier, user?.id ?? null)
  const begun = await beginnings(deps, 'sign-in', caller, targetOf(client, signIn, user))
  if (password !== undefined) return byPassword(deps, caller, signIn, user, password, begun)
  return {
    reads: [{ collection: 'clients', id: client.id }, ...attemptKeys(begun)],
    decide(rows) {
      const now = deps.clock()
      assertWithin(rows, begun, now)
      const current = rows.get('clients', client.id) ?? client
      return {
        writes: [
          { put: 'signIns', row: signIn },
          { put: 'clients', row: { ...keptClient(deps, current), signInId: signIn.id } },
          ...count(rows, begun, now),
        ],
        result: { signIn },
      }
    },
  }
}

/** Plans to sign in by a ticket, which is used up. */
export async function signInByTicket(deps: Deps, caller: Caller, ticket: string): Promise<Transaction<SignInResult>> {
  const { client } = caller
  await spend(deps, await beginnings(deps, 'sign-in', caller))
  const { id, userId } = await readTicket(deps, ticket)
  const signIn = newSignIn(deps, client, null, userId)
  const { token, secretDigest } = await newToken(client.id)
  return {
    reads: [...readsOf(client, signIn), signInTokenKey(id)],
    decide(rows) {
      const row = acceptTicket(deps, rows.get('signInTokens', id))
      const user = rows.get('users', userId)
      if (!user) throw notFound('user', userId)
      const done = completeSignIn(deps, rows, caller, signIn, user, token, secretDigest)
      return { ...done, writes: [...done.writes, { put: 'signInTokens', row } as const] }
    },
  }
}

/** Plans to send a code; nobody's identifier gets the same answer, and no mail. */
export async function prepareSignIn(
  deps: Deps,
  caller: Caller,
  id: string,
  strategy: CodeStrategy,
): Promise<Transaction<SignInResult>> {
  const { signIn, user } = await findOpen(deps, caller.client, id)
  const address = user ? primaryEmailAddress(user) : null
  const target = targetOf(caller.client, signIn, user)
  // Nobody's address is counted as somebody's is, so that whoever else sends to it is told nothing.
  const named = signIn.identifier?.includes('@') ? inboxOf(signIn.identifier) : byNobody(target.by)
  const inbox = { ...target, account: address === null ? named : inboxOf(address) }
  // By what was named, whosever it is.
  const isTest = hasTestCode(deps, signIn.identifier)
  const maySend = isTest || (await spendTry(deps, await triesAt(deps, 'mail', caller, inbox)))
  const code = await sendCode(
    deps,
    id,
    { to: address, maySend },
    strategy === 'email_code' ? 'sign_in' : 'reset_password',
  )
  return {
    reads: [{ collection: 'signIns', id }],
    decide(rows) {
      const stored = rows.get('signIns', id)
      if (stored?.status !== 'needs_first_factor') throw notFound('sign in', id)
      const row: SignInRow = { ...stored, code, emailAddressId: user?.primaryEmailAddressId ?? null }
      return { writes: [{ put: 'signIns', row }], result: { signIn: row } }
    },
  }
}

/** Plans to complete a sign-in by a proof. */
export async function attemptSignIn(
  deps: Deps,
  caller: Caller,
  id: string,
  proof: Proof,
): Promise<Transaction<SignInResult>> {
  const { client } = caller
  const { signIn, user } = await findOpen(deps, client, id)
  if ('password' in proof) return byPassword(deps, caller, signIn, user, proof.password)
  const tried = await codeDigest(id, proof.code)
  const tries = await triesAt(deps, 'code', caller, targetOf(client, signIn, user))
  const { token, secretDigest } = await newToken(client.id)
  return {
    reads: [...readsOf(client, signIn), { collection: 'signIns', id }, ...tryKeys(tries)],
    decide(rows) {
      const now = deps.clock()
      const maySucceed = mayTry(rows, tries, now)
      const stored = rows.get('signIns', id)
      if (stored?.status !== 'needs_first_factor') throw notFound('sign in', id)
      const current = holderOf(rows, stored)
      const wrong =
        codeFault(deps, codeFor(proof.strategy, stored), tried) ?? (current && maySucceed ? undefined : incorrectCode())
      if (wrong || !current) {
        const row = { ...stored, code: stored.code && { ...stored.code, attempts: stored.code.attempts + 1 } }
        // Without a code there was nothing to guess.
        const writes = [{ put: 'signIns', row } as const, ...(stored.code ? countTry(rows, tries, now) : [])]
        return { writes, result: { signIn: row, fault: wrong } }
      }
      if (proof.strategy === 'reset_password_email_code') {
        assertAdmitted(deps, current)
        const abandonAt = Math.min(stored.abandonAt, now + resetLifetime)
        const row: SignInRow = { ...stored, status: 'needs_new_password', code: null, abandonAt }
        return { writes: [{ put: 'signIns', row }, ...forgetTries(tries)], result: { signIn: row } }
      }
      const done = completeSignIn(deps, rows, caller, stored, current, token, secretDigest)
      return { ...done, writes: [...done.writes, ...forgetTries(tries)] }
    },
  }
}

/** Whose sign-in it is, while the address that its code was sent to is theirs. */
export function holderOf(rows: Snapshot, { userId, emailAddressId }: SignInRow): UserRow | undefined {
  const user = userId === null ? undefined : rows.get('users', userId)
  return user?.emailAddresses.some(({ id }) => id === emailAddressId) ? user : undefined
}

/** The code that was sent for something; what was asked for as one thing is no proof for another. */
function codeFor(strategy: CodeStrategy, { code }: SignInRow): CodeRow | null {
  return code && (code.strategy ?? 'email_code') === strategy ? code : null
}

function newSignIn(deps: Deps, client: ClientRow, identifier: string | null, userId: string | null): SignInRow {
  const now = deps.clock()
  return {
    id: createId('signIn', now),
    clientId: client.id,
    status: 'needs_first_factor',
    identifier,
    userId,
    code: null,
    emailAddressId: null,
    createdSessionId: null,
    createdAt: now,
    abandonAt: now + signInLifetime,
  }
}

/** What the tries of a sign-in are at. */
export function targetOf(client: ClientRow, { identifier }: SignInRow, user: UserRow | undefined): Target {
  const by = byIdentifier(identifier ?? '')
  return user ? { by, account: byAccount(user.id), isKnown: knows(client, user) } : { by, account: byNobody(by) }
}

let decoy: Promise<string> | undefined

async function byPassword(
  deps: Deps,
  caller: Caller,
  signIn: SignInRow,
  user: UserRow | undefined,
  password: string,
  begun: readonly Counter[] = [],
): Promise<Transaction<SignInResult>> {
  const { client } = caller
  const tries = await triesAt(deps, 'password', caller, targetOf(client, signIn, user))
  const maySucceed = await spendTry(deps, tries, begun)
  const hash = user?.passwordHash
  // Who is not there, or has no password, costs as much time as a wrong password, and gets the same answer.
  decoy ??= deps.passwords.hash('a password that nobody has')
  const isRight = await deps.passwords.verify(password, hash ?? (await decoy))
  if (!user || !hash || !isRight || !maySucceed) {
    throw paramFault(
      'password',
      'form_password_incorrect',
      'is incorrect',
      'The identifier or the password is incorrect. Try again, or use another method.',
    )
  }
  const rehashed = deps.passwords.needsRehash(hash) ? await deps.passwords.hash(password) : hash
  const { token, secretDigest } = await newToken(client.id)
  return {
    reads: [...readsOf(client, signIn), ...tryKeys(tries)],
    decide(rows) {
      const current = rows.get('users', user.id)
      if (!current) throw notFound('user', user.id)
      // Changed while the hash was computed: the password that was checked is no longer the user's.
      if (current.passwordHash !== hash) throw paramFault('password', 'form_password_incorrect', 'is incorrect')
      const next = { ...current, passwordHash: rehashed }
      const done = completeSignIn(deps, rows, caller, signIn, next, token, secretDigest)
      return { ...done, writes: [...done.writes, ...forgetSpent(rows, tries, deps.clock())] }
    },
  }
}

/** Completes a sign-in: a session begins. @throws Fault 403 */
export function completeSignIn(
  deps: Deps,
  rows: Snapshot,
  { client: known, device }: Caller,
  signIn: SignInRow,
  user: UserRow,
  token: string,
  secretDigest: string,
): Decision<SignInResult> {
  assertAdmitted(deps, user)
  const client = rows.get('clients', known.id) ?? known
  const begun = beginSession(deps, client, user, secretDigest, makeRoom(deps, rows, known, client, user), device)
  const done: SignInRow = { ...signIn, status: 'complete', code: null, createdSessionId: begun.session.id }
  return { writes: [...begun.writes, { put: 'signIns', row: done } as const], result: { signIn: done, token } }
}

/** Looked for where nobody is named, so that it takes as long. */
const nobody = 'user_nobody'

/** The rows that completing a sign-in needs. */
export function readsOf(client: ClientRow, signIn: SignInRow): Key[] {
  return [
    { collection: 'clients', id: client.id } as const,
    ...heldKeys(client),
    { collection: 'users', id: signIn.userId ?? nobody } as const,
  ]
}

async function findOpen(deps: Deps, client: ClientRow, id: string) {
  const signIn = await deps.storage.find('signIns', id)
  if (signIn?.clientId !== client.id || signIn.status !== 'needs_first_factor' || signIn.abandonAt < deps.clock()) {
    throw notFound('sign in', id)
  }
  return { signIn, user: await deps.storage.find('users', signIn.userId ?? nobody) }
}

function incorrectCode(): Fault {
  return paramFault('code', 'form_code_incorrect', 'is incorrect', 'Incorrect code.')
}

/** Shows a sign-in. Whether its identifier is anybody's does not show. */
export function signInJson(signIn: SignInRow): SignInJson {
  const isComplete = signIn.status === 'complete'
  // Bound to the attempt, not to the user, whose own id would tell that there is one.
  const inbox = {
    email_address_id: signIn.id.replace(/^\w+?_/, 'idn_'),
    safe_identifier: signIn.identifier ?? '',
    primary: true,
  }
  const factors: FirstFactorJson[] = [
    { strategy: 'password' },
    { strategy: 'email_code', ...inbox },
    { strategy: 'reset_password_email_code', ...inbox },
  ]
  return {
    id: signIn.id,
    object: 'sign_in_attempt',
    status: signIn.status,
    supported_identifiers: ['email_address', 'username'],
    supported_first_factors: isComplete ? [] : factors,
    supported_second_factors: null,
    first_factor_verification: verificationJson(signIn),
    second_factor_verification: null,
    identifier: signIn.identifier,
    user_data: null,
    created_session_id: signIn.createdSessionId,
    abandon_at: signIn.abandonAt,
  }
}

function verificationJson({ status, code }: SignInRow): SignInJson['first_factor_verification'] {
  // Without the strategy, Clerk's component says that the new password was asked for by somebody else.
  if (status === 'needs_new_password') return { ...codeJson(null, true), strategy: 'reset_password_email_code' }
  return code && codeJson(code, status === 'complete')
}
