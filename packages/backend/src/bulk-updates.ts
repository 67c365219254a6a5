import {
  type AcmeError,
  ApiError,
  type CallOptions,
  isAcmeError,
  type LooseJson,
  type MetadataDefinition,
  type PatchView,
  toWireNames,
} from '@acme/schema'
import { createKey } from './create-key.ts'
import { toSendable } from './to-sendable.ts'

/** What to merge into the metadata of one user. */
export type UserMetadataUpdate<M> = PatchView<'backend', M> & {
  readonly userId: string
  /** Makes the update conditional: it is refused by `version_conflict` unless the user still has this version. */
  readonly ifMatch?: number | undefined
}

/** What became of one update: the version it made, or why it was refused. */
export type UserUpdateResult =
  | { readonly userId: string; readonly version: number; readonly error?: undefined }
  | { readonly userId: string; readonly version?: undefined; readonly error: AcmeError }

/** How far many updates have come. */
export interface BulkProgress {
  /** How many are done, whatever became of them. */
  readonly done: number
  readonly failed: number
  /** What became of those that were done since the last call, in their order. */
  readonly results: readonly UserUpdateResult[]
}

/** What many updates take besides themselves. */
export interface BulkOptions extends CallOptions {
  /** Called after each request. */
  readonly onProgress?: ((progress: BulkProgress) => void) | undefined
  /**
   * Names the updates, so that repeating them all, in the same order, within 24 hours does each once.
   *
   * @default one of its own for each request, beginning with `auto_`
   */
  readonly idempotencyKey?: string | undefined
}

/** What many updates came to. */
export interface BulkResult {
  readonly updated: number
  readonly failed: number
  /** What became of each, in the order of the input. */
  readonly results: readonly UserUpdateResult[]
}

/** How much a request carries at the most: what servers take, in updates and in bytes. */
const mostUpdates = 500
const mostBytes = 60_000

/** Sends the body of a request; gives its reply. */
export type SendBulk = (body: string, idempotencyKey: string) => Promise<LooseJson>

/** Makes updates, as many of them in a request as it carries, and one request after the other. */
export async function sendUpdates<M>(
  updates: Iterable<UserMetadataUpdate<M>> | AsyncIterable<UserMetadataUpdate<M>>,
  definition: MetadataDefinition | undefined,
  { onProgress, idempotencyKey }: BulkOptions,
  send: SendBulk,
): Promise<BulkResult> {
  const all: UserUpdateResult[] = []
  let failed = 0
  let waiting: { readonly userId: string; readonly text: string | AcmeError }[] = []
  let bytes = 0
  let requests = 0

  async function flush(): Promise<void> {
    const batch = waiting
    waiting = []
    bytes = 0
    if (batch.length === 0) return
    const texts = batch.map(({ text }) => text).filter((text) => typeof text === 'string')
    const key = idempotencyKey === undefined ? createKey() : `${idempotencyKey}/${requests}`
    requests++
    const reply = texts.length > 0 ? await send(`{"updates":[${texts.join(',')}]}`, key) : { results: [] }
    const told = [...(reply['results'] as LooseJson[])]
    const results = batch.map(
      ({ userId, text }): UserUpdateResult =>
        typeof text === 'string' ? readResult(userId, told.shift() ?? {}) : { userId, error: text },
    )
    all.push(...results)
    failed += results.filter(({ error }) => error).length
    onProgress?.({ done: all.length, failed, results })
  }

  for await (const { userId, ifMatch, ...patch } of updates) {
    const text = await writeUpdate(userId, ifMatch, patch, definition)
    const length = typeof text === 'string' ? new TextEncoder().encode(text).length + 1 : 0
    if (waiting.length === mostUpdates || bytes + length > mostBytes) await flush()
    waiting.push({ userId, text })
    bytes += length
  }
  await flush()
  return { updated: all.length - failed, failed, results: all }
}

/** The text of one update, or why it cannot be sent: it takes no others with it. */
async function writeUpdate(
  userId: string,
  ifMatch: number | undefined,
  patch: object,
  definition: MetadataDefinition | undefined,
): Promise<string | AcmeError> {
  try {
    const params = await toSendable(patch, definition, true)
    return JSON.stringify({ user_id: userId, if_match: ifMatch, ...toWireNames(params) })
  } catch (error) {
    if (isAcmeError(error)) return error
    throw error
  }
}

interface Refusal {
  readonly code: string
  readonly message: string
  readonly long_message?: string
  readonly meta?: { readonly param_name?: string }
}

function readResult(userId: string, json: LooseJson): UserUpdateResult {
  if (typeof json['version'] === 'number') return { userId, version: json['version'] }
  const list = (json['errors'] ?? []) as readonly Refusal[]
  const errors = list.map(({ code, message, long_message: longMessage = message, meta }) => ({
    code,
    message,
    longMessage,
    param: meta?.param_name,
  }))
  const { code = 'unexpected_reply', longMessage = 'the server did not say what became of it' } = errors[0] ?? {}
  const outcome = errors.length > 0 ? 'not_applied' : 'unknown'
  return { userId, error: new ApiError({ code, message: longMessage, errors, outcome, attempts: 1 }) }
}
