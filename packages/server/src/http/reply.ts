import type { JsonObject } from '@acme/schema'
import type { Fault } from '../domain/fault.ts'
import { TextAnswer } from './answer.ts'
import { serverVersion } from './version.ts'

/** What a handler answers, before it is a response. */
export interface Reply {
  readonly json?: unknown
  /** The text of the JSON, where it is at hand. */
  readonly text?: string | undefined
  /** The version of the user that is answered. */
  readonly version?: number | undefined
  /** Where this reply was given before: the version that the write made then. */
  readonly appliedVersion?: number | undefined
  /** What went wrong although something was written: a wrong code is counted. It is answered instead, and not kept to be repeated. */
  readonly fault?: Fault | undefined
}

/** Gives the JSON text of a reply. */
export function replyText({ text, json }: Reply): string {
  return text ?? JSON.stringify(json)
}

/** Makes an answer. Clerk's client takes nothing but this very content type for JSON. */
export function jsonResponse(text: string, status: number, headers: Readonly<Record<string, string>> = {}): Response {
  const answer = new TextAnswer(text, status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'acme-version': serverVersion,
    ...headers,
  })
  // What it is, the doors know; the router between them knows responses alone, and only passes it on.
  return answer as unknown as Response
}

/** Makes the answer of a fault. */
export function faultResponse(fault: Fault, traceId: string, more: JsonObject = {}): Response {
  const text = JSON.stringify({ errors: fault.errors, clerk_trace_id: traceId, ...more })
  return jsonResponse(text, fault.status, {
    ...(fault.retryAfter !== undefined && { 'retry-after': String(Math.ceil(fault.retryAfter)) }),
    ...(fault.outcome !== undefined && { 'acme-outcome': fault.outcome }),
  })
}

/** The headers of a reply: the version as an entity tag (RFC 9110, section 8.8.3), and that of a write done before. */
export function replyHeaders({ version, appliedVersion }: Reply): Record<string, string> {
  return {
    ...(version !== undefined && { etag: `"${version}"` }),
    ...(appliedVersion !== undefined && { 'acme-applied-version': `${appliedVersion}` }),
  }
}
