import type { Actor, UserRow } from '../../storage/rows.ts'
import type { Transaction } from '../../storage/storage.ts'
import type { ChangingDeps, Deps } from '../deps.ts'
import { fault } from '../fault.ts'
import { changeUser, endSessions, sessionKey } from './change-user.ts'

/** How long a locked user stays out, in milliseconds. */
const lockDuration = 3_600_000

/** What is known of whether a user may come in. */
export interface Admission {
  readonly isBanned: boolean
  /** How long they are locked out still, in milliseconds; 0 when they are not. */
  readonly lockedFor: number
}

/** Tells whether a user may come in. */
export function admissionOf(user: UserRow, now: number): Admission {
  return { isBanned: user.isBanned === true, lockedFor: Math.max(0, (user.lockedUntil ?? 0) - now) }
}

/** Refuses who may not come in. Only to be called once they have proved who they are: others must not learn it. */
export function assertAdmitted(deps: Deps, user: UserRow): void {
  const { isBanned, lockedFor } = admissionOf(user, deps.clock())
  if (isBanned) throw fault(403, 'user_banned', 'You are not allowed to sign in', 'This user is banned.')
  if (lockedFor > 0) {
    const seconds = Math.ceil(lockedFor / 1_000)
    const long = 'This user is locked. Try again later, or ask whoever runs this app.'
    throw fault(403, 'user_locked', 'Your account is locked', long, { lockout_expires_in_seconds: seconds })
  }
}

/** How whether a user may come in can change. */
export type AdmissionChange = 'ban' | 'unban' | 'lock' | 'unlock'

const changes: Readonly<Record<AdmissionChange, (now: number) => Partial<UserRow>>> = {
  ban: () => ({ isBanned: true }),
  unban: () => ({ isBanned: undefined }),
  lock: (now) => ({ lockedUntil: now + lockDuration }),
  unlock: () => ({ lockedUntil: undefined }),
}

/** The fields of a user who is created banned or locked. */
export function admissionFields(
  deps: Deps,
  { banned, locked }: { readonly banned?: boolean | undefined; readonly locked?: boolean | undefined },
): Partial<UserRow> {
  return { ...(banned && changes.ban(deps.clock())), ...(locked && changes.lock(deps.clock())) }
}

/** Plans to let a user in or not; who is banned is signed out everywhere. */
export async function changeAdmission(
  deps: ChangingDeps,
  actor: Actor,
  id: string,
  kind: AdmissionChange,
): Promise<Transaction<UserRow>> {
  const endsSessions = kind === 'ban'
  const listed = endsSessions ? await deps.storage.listSessions(id) : []
  return changeUser(deps, actor, id, undefined, {
    reads: listed.map(sessionKey),
    change: (user, rows) => ({
      user: { ...user, ...changes[kind](deps.clock()) },
      writes: endsSessions ? endSessions(deps, rows, user, { listed }) : [],
    }),
  })
}

/** Plans to let many users in or not, all of them or none. */
export async function changeAdmissions(
  deps: Deps,
  actor: Actor,
  ids: readonly string[],
  kind: AdmissionChange,
): Promise<Transaction<readonly UserRow[]>> {
  const plans = await Promise.all([...new Set(ids)].map((id) => changeAdmission(deps, actor, id, kind)))
  return {
    reads: plans.flatMap(({ reads }) => reads),
    follow: (rows) => plans.flatMap((plan) => plan.follow?.(rows) ?? []),
    decide(rows) {
      const decisions = plans.map((plan) => plan.decide(rows))
      return { writes: decisions.flatMap(({ writes }) => writes), result: decisions.map(({ result }) => result) }
    },
  }
}
