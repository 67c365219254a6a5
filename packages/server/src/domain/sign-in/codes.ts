import type { CodeVerificationJson } from '@acme/schema/wire'
import { digest } from '../../auth/digest.ts'
import type { CodeRow } from '../../storage/rows.ts'
import { type CodeMessage, type Deps, testCode } from '../deps.ts'
import { type Fault, fault, paramFault } from '../fault.ts'

/** How long a code is good, in milliseconds. */
const codeLifetime = 600_000

/** How often a code may be tried. */
const maxAttempts = 5

/** Whether an address gets the code that everybody knows, and no mail. */
export function hasTestCode(deps: Deps, to: string | null): boolean {
  return deps.instanceType === 'test' && (!deps.sendCode || /\+clerk_test@/.test(to ?? ''))
}

/** What a code may be asked for. */
export type CodePurpose = CodeMessage['purpose']

/** Whom a code is sent to. */
export interface Recipient {
  /** Null where nobody is there. */
  readonly to: string | null
  /** Whether the address gets a mail: where not, nothing tells. */
  readonly maySend: boolean
  /** Whether its owner has an account, and is told so instead: there is no code that is right then. */
  readonly hasAccount?: boolean | undefined
}

/** Makes a code, and sends it. */
export async function sendCode(
  deps: Deps,
  attemptId: string,
  { to, maySend, hasAccount = false }: Recipient,
  purpose: CodePurpose,
): Promise<CodeRow> {
  const isTest = hasTestCode(deps, to)
  const code = hasAccount ? crypto.randomUUID() : isTest ? testCode : randomCode()
  const now = deps.clock()
  if (!isTest) {
    if (!deps.sendCode)
      throw fault(400, 'request_invalid_for_environment', 'cannot send', 'This instance has no way to send codes.')
    const message = hasAccount || to === null ? undefined : { to, code, purpose }
    const sent = to !== null && maySend ? send(deps, to, message) : undefined
    // To who is not known yet, neither the time that sending takes nor its failure may tell whether the address is anybody's.
    if (purpose === 'sign_up' && !deps.signUps.hidesAccounts) await sent
    else sent?.catch(deps.report)
  }
  return {
    digest: await codeDigest(attemptId, code),
    attempts: 0,
    sentAt: now,
    expireAt: now + codeLifetime,
    ...(purpose === 'reset_password' && { strategy: 'reset_password_email_code' }),
  }
}

/** Whoever throws at once is told from whoever fails later by nobody. */
async function send({ sendCode, sendNotice }: Deps, to: string, message: CodeMessage | undefined): Promise<void> {
  await (message ? sendCode?.(message) : sendNotice?.({ to, purpose: 'account_exists' }))
}

/** Gives the digest by which a code is kept: bound to what it is for. */
export async function codeDigest(attemptId: string, code: string): Promise<string> {
  return digest(`${attemptId}:${code}`)
}

/** Says what is wrong with a code that was tried; undefined when it is right. */
export function codeFault(deps: Deps, code: CodeRow | null, triedDigest: string): Fault | undefined {
  if (!code) return fault(400, 'verification_not_sent', 'not sent', 'Prepare the verification first: no code was sent.')
  if (code.attempts >= maxAttempts)
    return fault(400, 'verification_failed', 'failed', 'Too many failed attempts. Send a new code.')
  if (code.expireAt < deps.clock())
    return fault(400, 'verification_expired', 'expired', 'The code has expired. Send a new one.')
  return code.digest === triedDigest
    ? undefined
    : paramFault('code', 'form_code_incorrect', 'is incorrect', 'Incorrect code.')
}

/** Shows how far a verification is. */
export function codeJson(code: CodeRow | null, isVerified: boolean): CodeVerificationJson {
  return {
    object: 'verification_otp',
    status: isVerified ? 'verified' : 'unverified',
    strategy: code || isVerified ? (code?.strategy ?? 'email_code') : null,
    attempts: code?.attempts ?? 0,
    expire_at: code?.expireAt ?? null,
    next_action: isVerified ? '' : code ? 'needs_attempt' : 'needs_prepare',
    supported_strategies: ['email_code'],
  }
}

function randomCode(): string {
  // Rejected above the last multiple, so that every code is as likely.
  for (;;) {
    const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
    if (number < 4_294_000_000) return String(number % 1_000_000).padStart(6, '0')
  }
}
