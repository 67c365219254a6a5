import type { JsonObject } from '@acme/schema'
import { keyFilePath, readKeyFile } from './key-file.ts'

/** What a server refused, in its words. */
export class BackendRefusal extends Error {
  override name = 'BackendRefusal'
  readonly status: number
  /** What else it said of it. */
  readonly meta: unknown

  constructor(message: string, status: number, meta: unknown) {
    super(message)
    this.status = status
    this.meta = meta
  }
}

/** Asks the Backend API of a running server. */
export type CallBackend = (
  method: string,
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<JsonObject>

/**
 * Connects a command to the server whose address and key are in the environment (`ACME_API_URL`, `ACME_SECRET_KEY`) or
 * in the key file of a directory.
 *
 * @throws Error when neither has them; a call throws BackendRefusal
 */
export async function connectBackend(directory: string): Promise<CallBackend> {
  const file = await readKeyFile(directory)
  const needed = (name: string, kept: string | undefined) => {
    const value = process.env[name] ?? kept
    if (!value) throw new Error(`${name} is not set, and ${keyFilePath(directory)} does not hold it`)
    return value
  }
  const [url, key] = [needed('ACME_API_URL', file.apiUrl), needed('ACME_SECRET_KEY', file.secretKey)]
  return async (method, path, body, headers) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new Error(`nobody answers at ${url}: is the server running?`)
    })
    const json = (await response.json().catch(() => ({}))) as JsonObject
    if (response.ok) return json
    const [first] = (json['errors'] ?? []) as unknown as { long_message: string; meta?: unknown }[]
    throw new BackendRefusal(
      first?.long_message ?? `the server answered ${response.status}`,
      response.status,
      first?.meta,
    )
  }
}
