import { isJsonObject, type JsonObject, kinds } from '@acme/schema'
import type { SignUpBody, SignUpJson } from '@acme/schema/wire'
import type { ClientRow, InvitationRow, SignUpRow, UserRow } from '../../storage/rows.ts'
import type { Snapshot, Transaction, Write } from '../../storage/storage.ts'
import { createId } from '../create-id.ts'
import type { Deps } from '../deps.ts'
import { type Fault, fault, notFound } from '../fault.ts'
import { holderKeys } from '../metadata/indexes/holders.ts'
import { type AllMetadata, changeMetadata, noMetadata } from '../metadata/metadata.ts'
import { activeSchemas, assertSchemas } from '../metadata/metadata-schemas.ts'
import { addUser } from '../users/change-user.ts'
import { assertFree, type Identifier, identifierId, identifiersOf, identifierWrites } from '../users/identifiers.ts'
import { assertPassword, checkPassword, readEmailAddress, readName, readUsername } from '../users/user-fields.ts'
import { newUser } from '../users/users.ts'
import { activeWebhooks } from '../webhooks/active-webhooks.ts'
import { spend } from './attempts.ts'
import { beginSession, keptClient, newToken } from './clients.ts'
import { codeDigest, codeFault, codeJson, hasTestCode, sendCode } from './codes.ts'
import { heldKeys, makeRoom } from './held-sessions.ts'
import { acceptInvitation, assertPending, invitationKey, readInvitation } from './invitations.ts'
import {
  beginnings,
  type Caller,
  countTry,
  forgetTries,
  inboxOf,
  mailTo,
  mayTry,
  spendTry,
  triesAt,
  tryKeys,
} from './tries.ts'

/** How long a sign-up may take, in milliseconds. */
const signUpLifetime = 86_400_000

/** What a step of a sign-up came to. A fault that is counted (a wrong code) is stored with it. */
export interface SignUpResult {
  readonly signUp: SignUpRow
  /** The client's new token, when the sign-up is complete. */
  readonly token?: string | undefined
  readonly fault?: Fault | undefined
}

/** Plans to begin a sign-up, or to give one more. */
export async function changeSignUp(
  deps: Deps,
  caller: Caller,
  body: SignUpBody,
  id?: string,
): Promise<Transaction<SignUpResult>> {
  const { client } = caller
  const now = deps.clock()
  if (body.password) checkPassword(body.password)
  const isTicket = body.strategy === 'ticket' || body.ticket !== undefined
  if (id === undefined) assertOpenTo(deps, isTicket)
  // Before anything is hashed.
  await spend(deps, await beginnings(deps, 'sign-up', caller))
  const invitation = isTicket ? assertPending(deps, await readInvitation(deps, body.ticket ?? '')) : undefined
  if (id === undefined && !isTicket) await assertPerson(deps, body.captcha_token)
  if (body.password) await assertPassword(deps, body.password)
  const passwordHash = body.password ? await deps.passwords.hash(body.password) : undefined
  const emailAddress = body.email_address ? readEmailAddress(body.email_address) : undefined
  const fields: Partial<SignUpRow> = {
    ...(emailAddress && { emailAddress, emailVerified: false, code: null, ...noInvitation }),
    ...(invitation && invitedFields(invitation)),
    ...(body.username && { username: readUsername(body.username) }),
    ...(body.first_name !== undefined && { firstName: readName('first_name', body.first_name) }),
    ...(body.last_name !== undefined && { lastName: readName('last_name', body.last_name) }),
    ...(passwordHash && { passwordHash, hasPassword: true }),
    ...(isJsonObject(body.unsafe_metadata) && { unsafeMetadata: checkedUnsafe(body.unsafe_metadata) }),
  }
  const blank: SignUpRow = {
    id: createId('signUp', now),
    clientId: client.id,
    status: 'missing_requirements',
    emailAddress: null,
    emailVerified: false,
    username: null,
    firstName: null,
    lastName: null,
    passwordHash: null,
    hasPassword: false,
    unsafeMetadata: {},
    code: null,
    createdSessionId: null,
    createdUserId: null,
    createdAt: now,
    abandonAt: now + signUpLifetime,
  }
  const before = id === undefined ? blank : await deps.storage.find('signUps', id)
  // Who has no other way in signs up with the address that was invited.
  if (before?.invitationId !== undefined && emailAddress && deps.signUps.mode !== 'open') assertOpenTo(deps, false)
  return step(deps, caller, id ?? blank.id, { ...(before ?? blank), ...fields }, (stored) => ({
    ...(stored ?? (id === undefined ? blank : undefined)),
    ...fields,
  }))
}

/** Plans to send a code to the e-mail address of a sign-up. */
export async function prepareSignUp(deps: Deps, caller: Caller, id: string): Promise<Transaction<SignUpResult>> {
  const { client } = caller
  const signUp = await deps.storage.find('signUps', id)
  if (!isOpen(deps, signUp, client)) throw notFound('sign up', id)
  if (signUp.emailAddress === null)
    throw fault(400, 'verification_strategy_invalid', 'nothing to verify', 'The sign-up has no e-mail address.')
  const { emailAddress: to } = signUp
  const maySend =
    hasTestCode(deps, to) || (await spendTry(deps, await triesAt(deps, 'mail', caller, mailTo(to, 'sign-up'))))
  const holder = identifierId({ param: 'email_address', value: to })
  const hasAccount = deps.signUps.hidesAccounts && (await deps.storage.find('identifiers', holder)) !== undefined
  const code = await sendCode(deps, id, { to, maySend, hasAccount }, 'sign_up')
  return step(deps, caller, id, signUp, (stored) => stored && { ...stored, code })
}

/** Plans to try a code; the right one completes the sign-up if nothing else is missing. */
export async function attemptSignUp(
  deps: Deps,
  caller: Caller,
  id: string,
  code: string,
): Promise<Transaction<SignUpResult>> {
  const { client } = caller
  const tried = await codeDigest(id, code)
  const signUp = await deps.storage.find('signUps', id)
  if (!isOpen(deps, signUp, client)) throw notFound('sign up', id)
  const tries = await triesAt(deps, 'code', caller, { by: inboxOf(signUp.emailAddress ?? '') })
  let wrong: Fault | undefined
  const plan = await step(deps, caller, id, signUp, (stored) => {
    wrong = stored && codeFault(deps, stored.code, tried)
    if (!stored || !wrong) return stored && { ...stored, emailVerified: true }
    return { ...stored, code: stored.code && { ...stored.code, attempts: stored.code.attempts + 1 } }
  })
  return {
    ...plan,
    reads: [...plan.reads, ...tryKeys(tries)],
    decide(rows) {
      const now = deps.clock()
      mayTry(rows, tries, now)
      // Without a code there was nothing to guess.
      const isGuess = rows.get('signUps', id)?.code != null
      const { writes, result } = plan.decide(rows)
      const counted = !wrong ? forgetTries(tries) : isGuess ? countTry(rows, tries, now) : []
      return { writes: [...writes, ...counted], result: { ...result, fault: wrong } }
    },
  }
}

/**
 * The one way a sign-up changes. When nothing is missing any more, the user, the identifiers, the session
 * and the completed sign-up are written together: the unsafe metadata is the user's from the first moment.
 */
async function step(
  deps: Deps,
  caller: Caller,
  id: string,
  likely: SignUpRow,
  change: (stored: SignUpRow | undefined) => Partial<SignUpRow> | undefined,
): Promise<Transaction<SignUpResult>> {
  const { client } = caller
  const { token, secretDigest } = await newToken(client.id)
  const identifiers = signUpIdentifiers(likely)
  return {
    reads: [
      { collection: 'signUps', id },
      { collection: 'clients', id: client.id },
      ...heldKeys(client),
      activeSchemas,
      activeWebhooks,
      ...identifiers.map((identifier) => ({ collection: 'identifiers', id: identifierId(identifier) }) as const),
      ...(likely.invitationId === undefined ? [] : [invitationKey(likely.invitationId)]),
    ],
    follow(rows) {
      const stored = rows.get('signUps', id)
      return [likely, ...(stored ? [stored] : [])].flatMap((one) => holderKeys(rows, metadataOf(one)))
    },
    decide(rows) {
      const stored = rows.get('signUps', id)
      if (stored && !isOpen(deps, stored, client)) throw notFound('sign up', id)
      const signUp = change(stored) as SignUpRow | undefined
      if (!signUp?.id) throw notFound('sign up', id)
      // One that sets none is not judged, as with every other write.
      const given = metadataOf(signUp)
      if (kinds.some((kind) => Object.keys(given[kind]).length > 0)) assertSchemas(deps, rows, given, noMetadata)
      const onClient = rows.get('clients', client.id) ?? client
      const wanted = signUpIdentifiers(signUp)
      // Another request changed the sign-up since its identifiers were named.
      const named = new Set(identifiers.map(identifierId))
      if (!wanted.every((one) => named.has(identifierId(one)))) throw fault(409, 'conflict', 'changed meanwhile')
      if (signUp.invitationId !== likely.invitationId) throw fault(409, 'conflict', 'changed meanwhile')
      const { missing, unverified } = requirements(signUp)
      // Before they have proved that it is theirs, nobody is told whether an address has an account.
      const isHidden = deps.signUps.hidesAccounts && unverified.length > 0
      assertFree(rows, isHidden ? wanted.filter(({ param }) => param !== 'email_address') : wanted)
      if (missing.length + unverified.length === 0) {
        return complete(deps, caller, rows, signUp, token, secretDigest)
      }
      const next: ClientRow = { ...keptClient(deps, onClient), signUpId: id }
      return {
        writes: [
          { put: 'signUps', row: signUp },
          { put: 'clients', row: next },
        ],
        result: { signUp },
      }
    },
  }
}

function complete(
  deps: Deps,
  { client: known, actor, device }: Caller,
  rows: Snapshot,
  signUp: SignUpRow,
  token: string,
  secretDigest: string,
) {
  const now = deps.clock()
  const emailAddresses = signUp.emailAddress
    ? [{ id: createId('emailAddress', now), emailAddress: signUp.emailAddress, createdAt: now }]
    : []
  const user: UserRow = newUser(deps, {
    externalId: null,
    username: signUp.username,
    firstName: signUp.firstName,
    lastName: signUp.lastName,
    emailAddresses,
    primaryEmailAddressId: emailAddresses[0]?.id ?? null,
    passwordHash: signUp.passwordHash,
    metadata: metadataOf(signUp),
    lastSignInAt: now,
    createdAt: now,
  })
  const client = rows.get('clients', known.id) ?? known
  const begun = beginSession(deps, client, user, secretDigest, makeRoom(deps, rows, known, client, user), device)
  const done: SignUpRow = {
    ...signUp,
    status: 'complete',
    // The user holds it now.
    passwordHash: null,
    code: null,
    createdUserId: user.id,
    createdSessionId: begun.session.id,
  }
  const writes: Write[] = [
    ...begun.writes,
    // Last, with what the indexes and the history keep of the user.
    ...addUser(deps, { ...actor, sessionId: begun.session.id }, rows, begun.user),
    ...(signUp.invitationId === undefined ? [] : acceptInvitation(deps, rows.get('invitations', signUp.invitationId))),
    ...identifierWrites(user.id, [], identifiersOf(user)),
    { put: 'signUps', row: done },
  ]
  return { writes, result: { signUp: done, token } }
}

/** Refuses who may not sign up. @throws Fault 403 */
function assertOpenTo({ signUps: { mode } }: Deps, isInvited: boolean): void {
  if (mode === 'open' || (mode === 'invitation' && isInvited)) return
  const long = mode === 'closed' ? 'Nobody can sign up here.' : 'Who signs up here was invited, and follows that link.'
  throw fault(403, 'sign_up_mode_restricted', 'sign-ups are restricted', long)
}

/** Refuses programs, where that is asked for. @throws Fault 400 */
async function assertPerson({ signUps: { captcha }, report }: Deps, token: string | undefined): Promise<void> {
  if (!captcha) return
  if (!token) throw fault(400, 'captcha_missing_token', 'token is missing', 'Show the captcha, and give its token.')
  const isPerson = await captcha.verify(token).catch(report)
  if (!isPerson) throw fault(400, 'captcha_invalid', 'token is invalid', 'The captcha was not passed. Show it again.')
}

/** What an invitation gives a sign-up: whoever has the ticket has read the mail. */
function invitedFields({ id, emailAddress, publicMetadata }: InvitationRow): Partial<SignUpRow> {
  return { emailAddress, emailVerified: true, code: null, invitationId: id, publicMetadata }
}

const noInvitation = { invitationId: undefined, publicMetadata: undefined }

/** What a sign-up gives the user of metadata. */
function metadataOf({ unsafeMetadata, publicMetadata = {} }: SignUpRow): AllMetadata {
  return { ...noMetadata, unsafe: unsafeMetadata, public: publicMetadata }
}

function checkedUnsafe(value: JsonObject): JsonObject {
  return changeMetadata(noMetadata, { unsafe_metadata: value }, 'replace').unsafe
}

function isOpen(deps: Deps, signUp: SignUpRow | undefined, client: ClientRow): signUp is SignUpRow {
  return signUp?.clientId === client.id && signUp.status === 'missing_requirements' && signUp.abandonAt > deps.clock()
}

function signUpIdentifiers({ emailAddress, username }: SignUpRow): Identifier[] {
  return [
    ...(emailAddress ? [{ param: 'email_address', value: emailAddress } as const] : []),
    ...(username ? [{ param: 'username', value: username } as const] : []),
  ]
}

/** What a sign-up still needs: an e-mail address that is verified, or a username with a password. */
function requirements(signUp: SignUpRow): { readonly missing: string[]; readonly unverified: string[] } {
  const missing: string[] = []
  if (!signUp.emailAddress && !signUp.username) missing.push('email_address')
  if (!signUp.emailAddress && !signUp.passwordHash) missing.push('password')
  return { missing, unverified: signUp.emailAddress && !signUp.emailVerified ? ['email_address'] : [] }
}

/** Shows a sign-up. */
export function signUpJson(signUp: SignUpRow): SignUpJson {
  const { missing, unverified } = requirements(signUp)
  const isComplete = signUp.status === 'complete'
  return {
    id: signUp.id,
    object: 'sign_up_attempt',
    status: signUp.status,
    required_fields: ['email_address'],
    optional_fields: ['username', 'password', 'first_name', 'last_name'],
    missing_fields: isComplete ? [] : missing,
    unverified_fields: isComplete ? [] : unverified,
    verifications: {
      email_address: signUp.emailAddress ? codeJson(signUp.code, signUp.emailVerified) : null,
      phone_number: null,
      web3_wallet: null,
      external_account: null,
    },
    username: signUp.username,
    first_name: signUp.firstName,
    last_name: signUp.lastName,
    email_address: signUp.emailAddress,
    phone_number: null,
    web3_wallet: null,
    has_password: signUp.hasPassword,
    password_enabled: signUp.hasPassword,
    unsafe_metadata: signUp.unsafeMetadata,
    public_metadata: signUp.publicMetadata ?? {},
    created_session_id: signUp.createdSessionId,
    created_user_id: signUp.createdUserId,
    abandon_at: signUp.abandonAt,
    legal_accepted_at: null,
    locale: null,
    timezone: null,
    external_account: null,
    custom_action: false,
    external_id: null,
  }
}
