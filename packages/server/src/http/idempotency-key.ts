import { isJsonObject, type JsonValue } from '@acme/schema'
import { digest } from '../auth/digest.ts'
import { fault } from '../domain/fault.ts'

/** What makes a write repeatable: the idempotency key, and what it was given for. */
export interface Repeatable {
  /** Scoped to the caller. */
  readonly id: string
  readonly requestDigest: string
  /** How long the key is known, in milliseconds. */
  readonly lifetime: number
}

/** How a key begins that an SDK made for one call and its retries: newer ones go on with the time, in milliseconds. */
const madePrefix = 'auto_'
const madeAt = /^auto_(\d{13})/

/** How long such a key is known, in milliseconds: half as long again as an SDK may go on retrying. */
const madeLifetime = 900_000

/** How long a key that an app gave is known, in milliseconds. */
const givenLifetime = 86_400_000

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
  const [keyDigest, requestDigest] = [await digest(`${caller} ${key}`), await digest(request)]
  // Those that come together stand together in an index: elsewhere each would have a page of its own written.
  const id = `${madeAt.exec(key)?.[1] ?? ''}${keyDigest}`
  return { id, requestDigest, lifetime: key.startsWith(madePrefix) ? madeLifetime : givenLifetime }
}

/** Parameters that are to be guessed slowly, and so are in nothing that is kept of a request: its digest is a fast one. */
const secrets: ReadonlySet<string> = new Set([
  'password',
  'current_password',
  'new_password',
  'password_digest',
  'code',
  'ticket',
])

/** What a request says, without its secrets: by this two requests of one key are told apart. */
export function bodyToCompare(params: JsonValue, text: string): string {
  if (!isJsonObject(params) || !Object.keys(params).some((name) => secrets.has(name))) return text
  return JSON.stringify(Object.entries(params).map(([name, value]) => (secrets.has(name) ? [name] : [name, value])))
}
