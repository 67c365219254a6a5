import { AcmeError, isId, type PatchView } from '@acme/schema'
import type { User } from './backend-user.ts'
import type { BulkOptions, BulkProgress, BulkResult, UserMetadataUpdate, UserUpdateResult } from './bulk-updates.ts'
import { UpdateStoppedError } from './update-stopped-error.ts'

/** What to merge into each user: a patch, or a function that computes one; where it gives nothing the user is left alone. */
export type BulkChange<M> =
  | PatchView<'backend', M>
  | ((user: User<M>) => PatchView<'backend', M> | undefined | Promise<PatchView<'backend', M> | undefined>)

/** How far a change of all whom a filter finds has come. */
export interface WhereProgress extends BulkProgress {
  /** Where to go on, should this be broken off: `updateWhere(filter, change, { cursor })`. */
  readonly cursor: string
}

/** What such a change takes besides. */
export interface WhereOptions extends Omit<BulkOptions, 'onProgress'> {
  /** Goes on where an earlier call was, by the last cursor it gave. */
  readonly cursor?: string | undefined
  /** Called after each page of users. */
  readonly onProgress?: ((progress: WhereProgress) => void) | undefined
}

/** What it came to. */
export interface WhereResult {
  readonly updated: number
  readonly failed: number
  /** Whom the function left alone. */
  readonly skipped: number
  /** Behind the last user that was looked at; undefined when there was none. */
  readonly cursor: string | undefined
}

/** Where a page of users begins. */
export interface ListPlace {
  readonly startingAfter: string
  readonly acmeStartingAt: number
}

/** The place of a user, by which a list goes on even where they are gone by then. */
export function placeOf({ id, createdAt }: { readonly id: string; readonly createdAt: Date }): ListPlace {
  return { startingAfter: id, acmeStartingAt: createdAt.getTime() }
}

function toCursor({ startingAfter, acmeStartingAt }: ListPlace): string {
  return `${acmeStartingAt}:${startingAfter}`
}

function readCursor(cursor: string): ListPlace {
  const [, time, id = ''] = /^(-?\d+):(.+)$/.exec(cursor) ?? []
  if (!isId('user', id)) throw new AcmeError({ code: 'cursor_invalid', message: 'not a cursor of updateWhere' })
  return { startingAfter: id, acmeStartingAt: Number(time) }
}

/** What it works with. */
export interface Walking<M> {
  readonly pageSize: number
  readPage(place: ListPlace | undefined): Promise<readonly User<M>[]>
  update(updates: readonly UserMetadataUpdate<M>[], idempotencyKey: string | undefined): Promise<BulkResult>
  /** Changes one user who was changed meanwhile. */
  modify(userId: string, change: (user: User<M>) => Promise<PatchView<'backend', M>>): Promise<User<M>>
}

/**
 * Goes through all whom a filter finds, page by page, and changes each once.
 *
 * @throws UpdateStoppedError with the cursor to go on by, for whatever broke it off
 */
export async function updateEach<M>(
  walking: Walking<M>,
  change: BulkChange<M>,
  options: WhereOptions,
): Promise<WhereResult> {
  const start = options.cursor === undefined ? undefined : readCursor(options.cursor)
  const total = { updated: 0, failed: 0, skipped: 0, cursor: start && toCursor(start) }
  try {
    await walk(walking, change, options, start, total)
  } catch (cause) {
    throw new UpdateStoppedError(cause, total)
  }
  return total
}

/** Does so, and keeps the account of the pages that are through. */
async function walk<M>(
  { pageSize, readPage, update, modify }: Walking<M>,
  change: BulkChange<M>,
  { onProgress, idempotencyKey }: WhereOptions,
  start: ListPlace | undefined,
  total: { -readonly [Name in keyof WhereResult]: WhereResult[Name] },
): Promise<void> {
  let place = start
  const patchOf = async (user: User<M>) => (typeof change === 'function' ? change(user) : change)

  /** One that was changed since it was read is computed anew. */
  async function again(result: UserUpdateResult): Promise<UserUpdateResult> {
    const { userId, error } = result
    if (error?.code !== 'version_conflict' || typeof change !== 'function') return result
    try {
      const user = await modify(userId, async (fresh) => (await patchOf(fresh)) ?? {})
      return { userId, version: user.version ?? 0 }
    } catch (failure) {
      if (failure instanceof AcmeError) return { userId, error: failure }
      throw failure
    }
  }

  for (;;) {
    const users = await readPage(place)
    const last = users.at(-1)
    if (!last) break
    const updates: UserMetadataUpdate<M>[] = []
    for (const user of users) {
      const patch = await patchOf(user)
      // What was computed from a user is for that user; what is the same for all needs no version.
      const ifMatch = typeof change === 'function' ? user.version : undefined
      if (patch) updates.push({ ...patch, userId: user.id, ifMatch })
    }
    const begins = place ? toCursor(place) : ''
    const done = await update(updates, idempotencyKey && `${idempotencyKey}/${begins}`)
    const results = await Promise.all(done.results.map(again))
    const failed = results.filter(({ error }) => error).length
    total.updated += results.length - failed
    total.failed += failed
    total.skipped += users.length - updates.length
    place = placeOf(last)
    const cursor = toCursor(place)
    total.cursor = cursor
    const all = total.updated + total.failed + total.skipped
    onProgress?.({ done: all, failed: total.failed, results, cursor })
    if (users.length < pageSize) break
  }
}
