import { createSecret, digest, equalDigests } from '../../auth/digest.ts'
import { secretKeyId } from '../../auth/secret-key.ts'
import type { DashboardSessionsRow } from '../../storage/rows.ts'
import type { Transaction } from '../../storage/storage.ts'
import type { Deps } from '../deps.ts'

/** How long somebody may do nothing before they are signed out, in milliseconds. */
export const idleLimit: number = 30 * 60_000

/** How long they are signed in at the most, in milliseconds. */
export const longestSession: number = 12 * 3_600_000

/** How long a code signs in, in milliseconds. */
export const codeLifetime = 60_000

/** How many are signed in by one key at once, and how many codes of it wait: one more ends the oldest. */
const most = 16

/** After how long it is written down that a session was used, in milliseconds: a write for each request would be dear. */
const noteEvery = 60_000

/** Somebody who is signed in to the dashboard. */
export interface DashboardSession {
  readonly keyDigest: string
  readonly createdAt: number
}

type Session = DashboardSessionsRow['sessions'][number]

/** Begins a session of the holder of a key; gives its token. */
export async function beginSession(deps: Deps, keyDigest: string): Promise<string> {
  const { token, tokenDigest } = await newToken(keyDigest)
  await deps.storage.transact(
    change(deps, keyDigest, (row, now) => ({ row: withSession(row, tokenDigest, now), result: undefined })),
  )
  return token
}

/** Makes a code that signs in once, as the holder of a key. */
export async function createCode(deps: Deps, keyDigest: string): Promise<string> {
  const { token, tokenDigest: codeDigest } = await newToken(keyDigest)
  await deps.storage.transact(
    change(deps, keyDigest, (row, now) => {
      const codes = [...row.codes, { codeDigest, expireAt: now + codeLifetime }].slice(-most)
      return { row: { ...row, codes }, result: undefined }
    }),
  )
  return token
}

/** Begins a session by a code, which is used up by that; undefined for one that is none or was used. */
export async function exchangeCode(
  deps: Deps,
  code: string,
): Promise<{ readonly token: string; readonly keyDigest: string } | undefined> {
  const known = await findRow(deps, code)
  if (!known) return undefined
  const { keyDigest } = known
  const [given, { token, tokenDigest }] = [await digest(code), await newToken(keyDigest)]
  const isGood = await deps.storage.transact(
    change(deps, keyDigest, (row, now) => {
      const codes = row.codes.filter(({ codeDigest }) => !equalDigests(codeDigest, given))
      const result = codes.length < row.codes.length
      return { row: result ? withSession({ ...row, codes }, tokenDigest, now) : row, result }
    }),
  )
  return isGood ? { token, keyDigest } : undefined
}

/**
 * Finds the session of a token, and notes that it is used unless nobody is there who uses it; undefined for one that is
 * over.
 */
export async function findSession(deps: Deps, token: string, isUse = true): Promise<DashboardSession | undefined> {
  const row = await findRow(deps, token)
  const given = await digest(token)
  const now = deps.clock()
  const session = row?.sessions.find(({ tokenDigest }) => equalDigests(tokenDigest, given))
  if (!row || !session || isOver(session, now)) return undefined
  if (isUse && now - session.usedAt >= noteEvery) await deps.storage.transact(noteUse(deps, row.keyDigest, given))
  return { keyDigest: row.keyDigest, createdAt: session.createdAt }
}

/** Ends the session of a token. */
export async function endSession(deps: Deps, token: string): Promise<void> {
  const row = await findRow(deps, token)
  if (!row) return
  const given = await digest(token)
  await deps.storage.transact(
    change(deps, row.keyDigest, (current) => {
      const sessions = current.sessions.filter(({ tokenDigest }) => !equalDigests(tokenDigest, given))
      return { row: { ...current, sessions }, result: undefined }
    }),
  )
}

/** What proves that a request comes from the page that holds a session: it follows from the token, which pages cannot read. */
export async function proofOf(token: string): Promise<string> {
  return digest(`dashboard proof ${token}`)
}

function noteUse(deps: Deps, keyDigest: string, given: string): Transaction<void> {
  return change(deps, keyDigest, (row, now) => {
    const sessions = row.sessions.map((one) => (equalDigests(one.tokenDigest, given) ? { ...one, usedAt: now } : one))
    return { row: { ...row, sessions }, result: undefined }
  })
}

/** Changes who is signed in by a key, without those whose time is over. */
function change<Result>(
  { clock }: Deps,
  keyDigest: string,
  to: (row: DashboardSessionsRow, now: number) => { readonly row: DashboardSessionsRow; readonly result: Result },
): Transaction<Result> {
  const id = secretKeyId(keyDigest)
  return {
    reads: [{ collection: 'dashboardSessions', id }],
    decide(rows) {
      const now = clock()
      const known = rows.get('dashboardSessions', id)
      const { row, result } = to(current(known?.keyDigest === keyDigest ? known : empty(id, keyDigest), now), now)
      const ends = [...row.sessions.map(endOf), ...row.codes.map(({ expireAt }) => expireAt)]
      if (ends.length === 0) return { writes: [{ delete: 'dashboardSessions', id }], result }
      return { writes: [{ put: 'dashboardSessions', row: { ...row, expireAt: Math.max(...ends) } }], result }
    },
  }
}

function empty(id: string, keyDigest: string): DashboardSessionsRow {
  return { id, keyDigest, sessions: [], codes: [], expireAt: 0 }
}

function current(row: DashboardSessionsRow, now: number): DashboardSessionsRow {
  return {
    ...row,
    sessions: row.sessions.filter((one) => !isOver(one, now)),
    codes: row.codes.filter(({ expireAt }) => expireAt > now),
  }
}

function withSession(row: DashboardSessionsRow, tokenDigest: string, now: number): DashboardSessionsRow {
  return { ...row, sessions: [...row.sessions, { tokenDigest, createdAt: now, usedAt: now }].slice(-most) }
}

function endOf({ createdAt, usedAt }: Session): number {
  return Math.min(usedAt + idleLimit, createdAt + longestSession)
}

function isOver(session: Session, now: number): boolean {
  return endOf(session) <= now
}

/** Tokens and codes begin with the id of the key, so that its row is found. */
async function newToken(keyDigest: string): Promise<{ readonly token: string; readonly tokenDigest: string }> {
  const token = `${secretKeyId(keyDigest)}.${createSecret()}`
  return { token, tokenDigest: await digest(token) }
}

async function findRow({ storage }: Deps, token: string): Promise<DashboardSessionsRow | undefined> {
  const id = /^([\w-]{12})\.[\w-]{43}$/.exec(token)?.[1]
  return id === undefined ? undefined : storage.find('dashboardSessions', id)
}
