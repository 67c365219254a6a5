import type { UserRow } from '../../storage/rows.ts'
import type { Transaction, Write } from '../../storage/storage.ts'
import { fold, primaryEmailAddress } from '../../storage/user-text.ts'
import type { Deps, Notice } from '../deps.ts'
import { Fault } from '../fault.ts'
import { counter, spend } from '../sign-in/attempts.ts'
import { hasTestCode } from '../sign-in/codes.ts'
import { noticeTo } from '../sign-in/tries.ts'

/** Sees what plans make of a user, so that the owner is told of it whoever made them. */
export interface OwnerWatch {
  /** The plan, whose last decision is seen. */
  watched<Result>(plan: Transaction<Result>): Transaction<Result>
  /** Has mails sent of what was done. It never fails, and waits for no mail. */
  tell(): Promise<void>
}

/** Watches over the user that one request changes. */
export function createOwnerWatch(deps: Deps): OwnerWatch {
  let notices: readonly Notice[] = []
  return {
    watched(plan) {
      return {
        ...plan,
        decide(rows) {
          const decision = plan.decide(rows)
          const after = decision.writes.findLast(isOfUser)?.row
          const before = after && rows.get('users', after.id)
          notices = before ? noticesOf(before, after) : []
          return decision
        },
      }
    },

    async tell() {
      await Promise.all(notices.map((notice) => tellOne(deps, notice)))
    },
  }
}

type UserPut = Extract<Write, { readonly put: 'users' }>

function isOfUser(write: Write): write is UserPut {
  return 'put' in write && write.put === 'users'
}

/**
 * What the owner is told of a change of how they sign in: at the address they had before, which whoever changed it may not
 * read. Each address gets one mail.
 */
function noticesOf(before: UserRow, after: UserRow): readonly Notice[] {
  const [was, is] = [primaryEmailAddress(before), primaryEmailAddress(after)]
  const notices = [
    ...addressesBut(before, after).flatMap((address) =>
      to([address, is], { purpose: 'email_address_removed', address }),
    ),
    ...(before.passwordHash === after.passwordHash
      ? []
      : to([is], { purpose: after.passwordHash === null ? 'password_removed' : 'password_changed' })),
    ...(was === null || is === null || was === is
      ? []
      : to([was, is], { purpose: 'primary_email_address_changed', address: is })),
    ...addressesBut(after, before).flatMap((address) => to([was], { purpose: 'email_address_added', address })),
  ]
  return [...new Map(notices.toReversed().map((notice) => [fold(notice.to), notice])).values()].toReversed()
}

type Without<Part, Name extends string> = Part extends unknown ? Omit<Part, Name> : never

function to(addresses: readonly (string | null)[], what: Without<Exclude<Notice, { url: string }>, 'to'>): Notice[] {
  return addresses.flatMap((address) => (address === null ? [] : [{ to: address, ...what }]))
}

function addressesBut({ emailAddresses }: UserRow, but: UserRow): readonly string[] {
  const others = new Set(but.emailAddresses.map(({ id }) => id))
  return emailAddresses.filter(({ id }) => !others.has(id)).map(({ emailAddress }) => emailAddress)
}

async function tellOne(deps: Deps, notice: Notice): Promise<void> {
  if (!deps.sendNotice || hasTestCode(deps, notice.to)) return
  try {
    // Apart from codes: whoever wants nobody told could ask for so many of those before.
    await spend(deps, [await counter(deps.limits.account.mail, 'mail', noticeTo(notice.to))])
  } catch (error) {
    if (!(error instanceof Fault)) deps.report(error)
    return
  }
  send(deps, notice).catch(deps.report)
}

async function send({ sendNotice }: Deps, notice: Notice): Promise<void> {
  await sendNotice?.(notice)
}
