import type { JsonObject } from '@acme/schema'
import { digest } from '../auth/digest.ts'
import type { Deps } from '../domain/deps.ts'
import { fault } from '../domain/fault.ts'
import type { ReplyRow } from '../storage/rows.ts'
import type { Transaction } from '../storage/storage.ts'
import type { Reply } from './reply.ts'

/** A write that may be repeated: the idempotency key, and what it was given for. */
export interface Repeatable {
  /** Scoped to the caller. */
  readonly id: string
  readonly requestDigest: string
}

/** How long a reply is kept to be repeated, in milliseconds. */
const replyLifetime = 86_400_000

const underWay = new WeakMap<Deps, Set<string>>()

/** Reads what makes a write repeatable (the Idempotency-Key header of the HTTPAPI working group's draft). */
export async function readRepeatable(
  key: string | null,
  caller: string,
  request: string,
): Promise<Repeatable | undefined> {
  if (key === null) return undefined
  if (key === '' || key.length > 255) {
    throw fault(400, 'idempotency_key_invalid', 'is invalid', 'An idempotency key has 1 to 255 characters.')
  }
  return { id: await digest(`${caller} ${key}`), requestDigest: await digest(request) }
}

/**
 * Runs a plan and makes its reply. With a key, the reply is written in the same transaction, so that the
 * write happens once however often it is asked for: later requests get that reply.
 */
export async function commit<Result>(
  deps: Deps,
  makePlan: () => Transaction<Result> | Promise<Transaction<Result>>,
  toReply: (result: Result) => Reply,
  repeatable?: Repeatable,
): Promise<Reply & { readonly result?: Result }> {
  if (!repeatable) {
    const result = await deps.storage.transact(await makePlan())
    return { ...toReply(result), result }
  }
  const busy = underWay.get(deps) ?? new Set()
  underWay.set(deps, busy)
  if (busy.has(repeatable.id)) {
    throw fault(409, 'idempotency_key_in_use', 'in use', 'A request with this idempotency key is under way. Try again.')
  }
  busy.add(repeatable.id)
  try {
    // Looked up before the plan is made: what it starts from may be gone by its own doing.
    const earlier = await deps.storage.find('replies', repeatable.id)
    if (earlier && earlier.expireAt > deps.clock()) return repeat(earlier, repeatable)
    const plan = await makePlan()
    return await deps.storage.transact({
      reads: [...plan.reads, { collection: 'replies', id: repeatable.id }],
      decide(rows) {
        const known = rows.get('replies', repeatable.id)
        if (known && known.expireAt > deps.clock()) return { writes: [], result: repeat(known, repeatable) }
        const { writes, result } = plan.decide(rows)
        const reply = toReply(result)
        if (reply.fault) return { writes, result: { ...reply, result } }
        const row: ReplyRow = {
          ...repeatable,
          status: 200,
          body: JSON.stringify(reply.json),
          etag: reply.version === undefined ? null : String(reply.version),
          expireAt: deps.clock() + replyLifetime,
        }
        return { writes: [...writes, { put: 'replies', row }], result: { ...reply, result } }
      },
    })
  } finally {
    busy.delete(repeatable.id)
  }
}

function repeat(known: ReplyRow, { requestDigest }: Repeatable): Reply {
  if (known.requestDigest !== requestDigest) {
    throw fault(
      422,
      'idempotency_key_reused',
      'was used before',
      'This idempotency key was given to another request. Make a new one for each.',
    )
  }
  return { json: JSON.parse(known.body) as JsonObject, version: known.etag === null ? undefined : Number(known.etag) }
}
