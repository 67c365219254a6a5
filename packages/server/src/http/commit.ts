import type { Deps } from '../domain/deps.ts'
import { noDigest } from '../domain/erasure/traces.ts'
import { Fault, fault } from '../domain/fault.ts'
import type { Collection, ReplyRow, Rows } from '../storage/rows.ts'
import type { Transaction } from '../storage/storage.ts'
import type { Repeatable } from './idempotency-key.ts'
import { type Reply, replyText } from './reply.ts'

/** A write, and what it answers. */
export interface Commit<Result, C extends Collection> {
  makePlan(): Transaction<Result> | Promise<Transaction<Result>>
  toReply(result: Result): Reply
  /** What makes it repeatable, where the caller gave a key. */
  readonly repeatable: Repeatable | undefined
  /**
   * How its reply is made again from the row that it showed, so that a few bytes are kept of it. Without, the whole
   * reply is kept.
   */
  readonly subject?: Subject<Result, C> | undefined
  /**
   * Whether the plan starts from the request alone, and from nothing that may be gone by its own doing: then the key is
   * looked up with the write, and not before as well.
   */
  readonly isSelfContained?: boolean | undefined
}

/** What a reply shows: a row. */
export interface Subject<Result, C extends Collection> {
  readonly collection: C
  toRow(result: Result): Rows[C]
  toResult(row: Rows[C]): Result
}

/** The subject of a reply whose result is the row that it shows. */
export function rowsOf<C extends Collection>(collection: C): Subject<Rows[C], C> {
  return { collection, toRow: (row) => row, toResult: (row) => row }
}

const underWay = new WeakMap<Deps, Set<string>>()

/**
 * Runs a plan and makes its reply. With a key, that it was done is written in the same transaction, so that the
 * write happens once however often it is asked for: later requests get that reply. Where what it showed has changed
 * since, it is shown as it is now, and the reply says so (`acme-applied-version`).
 */
export async function commit<Result, C extends Collection>(
  deps: Deps,
  write: Commit<Result, C>,
): Promise<Reply & { readonly result?: Result }> {
  const { repeatable, subject, toReply, isSelfContained = false } = write
  if (!repeatable) {
    const result = await deps.storage.transact(await write.makePlan())
    return { ...toReply(result), result }
  }
  const busy = underWay.get(deps) ?? new Set()
  underWay.set(deps, busy)
  if (busy.has(repeatable.id)) {
    throw fault(409, 'idempotency_key_in_use', 'in use', 'A request with this idempotency key is under way. Try again.')
  }
  busy.add(repeatable.id)
  try {
    const isKnown = (row: ReplyRow | undefined): row is ReplyRow => row !== undefined && row.expireAt > deps.clock()
    // Looked up before the plan is made: what it starts from may be gone by its own doing.
    const earlier = isSelfContained ? undefined : await deps.storage.find('replies', repeatable.id)
    if (isKnown(earlier)) return await repeat(deps, write, repeatable, earlier)
    const plan = await write.makePlan()
    const done = await deps.storage.transact<ReplyRow | { readonly reply: Reply; readonly result: Result }>({
      ...plan,
      reads: [...plan.reads, { collection: 'replies', id: repeatable.id }],
      decide(rows) {
        const known = rows.get('replies', repeatable.id)
        if (isKnown(known)) return { writes: [], result: known }
        const { writes, result } = plan.decide(rows)
        const reply = toReply(result)
        if (reply.fault) return { writes, result: { reply, result } }
        const row: ReplyRow = {
          id: repeatable.id,
          requestDigest: repeatable.requestDigest,
          ...(subject ? { subject: subject.toRow(result).id } : { body: replyText(reply) }),
          etag: reply.version === undefined ? null : String(reply.version),
          expireAt: deps.clock() + repeatable.lifetime,
        }
        return { writes: [...writes, { put: 'replies', row }], result: { reply, result } }
      },
    })
    return 'reply' in done ? { ...done.reply, result: done.result } : await repeat(deps, write, repeatable, done)
  } finally {
    busy.delete(repeatable.id)
  }
}

async function repeat<Result, C extends Collection>(
  { storage }: Deps,
  { subject, toReply }: Commit<Result, C>,
  { requestDigest }: Repeatable,
  known: ReplyRow,
): Promise<Reply> {
  // Whom it was about is erased.
  const isErased = known.requestDigest === noDigest
  if (!isErased && known.requestDigest !== requestDigest) {
    const long = 'This idempotency key was given to another request. Make a new one for each.'
    throw fault(422, 'idempotency_key_reused', 'was used before', long)
  }
  const appliedVersion = known.etag === null ? undefined : Number(known.etag)
  if (known.body !== undefined) {
    return { text: known.body, version: appliedVersion, appliedVersion }
  }
  const row = subject && known.subject !== undefined ? await storage.find(subject.collection, known.subject) : undefined
  if (!subject || !row) {
    const long = 'This was done when it was asked for first; what it changed is gone since.'
    const { errors } = fault(410, 'idempotency_reply_gone', 'is gone', long)
    throw new Fault(410, errors, { outcome: 'applied' })
  }
  return { ...toReply(subject.toResult(row)), appliedVersion }
}
