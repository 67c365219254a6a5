import { AcmeError, isAcmeError, readJson } from '@acme/schema'
import { type DashboardSessionJson, dashboardSessionJson } from '@acme/schema/wire'
import type { Reply } from '@acme/transport'
import { createHttp } from '@acme/transport/http'
import * as z from 'zod/mini'
import { isUnattended } from './attention.ts'

/** What goes with a call besides its path. */
export interface Params {
  readonly query?: URLSearchParams | undefined
  readonly body?: unknown
  readonly headers?: { readonly [name: string]: string } | undefined
  readonly signal?: AbortSignal | undefined
  /** The time allowed for the whole call, in milliseconds. @default 30_000 */
  readonly totalTimeout?: number | undefined
}

/** How an operation is asked. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A reply that has the form it should have. */
export interface Answer<T> {
  readonly value: T
  /** The version of the one user it shows, where it shows one. */
  readonly version: number | undefined
}

const http = createHttp({ baseUrl: `${location.origin}/dashboard`, parse: readJson })

/** Shows that a request comes from this page. In memory alone, so that it ends with the page. */
let proof = ''

const endings = new Set<() => void>()
const renewals = new Set<(session: DashboardSessionJson) => void>()

/** Is told when another tab has signed in anew. */
export function onSessionRenewal(listener: (session: DashboardSessionJson) => void): void {
  renewals.add(listener)
}

/** Is told when the server knows the session no more. Gives what ends the telling. */
export function onSessionEnd(listener: () => void): () => void {
  endings.add(listener)
  return () => endings.delete(listener)
}

/** Tells that the server knows the session no more. */
export function tellSessionEnd(): void {
  for (const tell of endings) tell()
}

/** What stands at `/dashboard/…` itself: `/v1/` is part of every path of the transport, and is left again. */
const ours = (path: string) => `../${path}`

/**
 * Asks the server for an operation of the Backend API, by its path behind `/v1/`; or of the dashboard's own, by its path
 * behind `/dashboard/`, when it begins with a slash.
 *
 * @throws AcmeError what the server refused, or `unexpected_reply` for what has another form
 */
export async function ask<S extends z.ZodMiniType>(
  method: Method,
  path: string,
  schema: S,
  params: Params = {},
): Promise<Answer<z.infer<S>>> {
  try {
    return await askOnce(method, path, schema, params)
  } catch (error) {
    const code = isAcmeError(error) ? error.code : ''
    // Signed in anew in another tab: the proof is that session's.
    const session = code === 'dashboard_proof_invalid' ? await readSession() : null
    if (session) {
      for (const tell of renewals) tell(session)
      return askOnce(method, path, schema, params)
    }
    if (code === 'dashboard_session_invalid' || code === 'dashboard_proof_invalid') tellSessionEnd()
    throw error
  }
}

async function askOnce<S extends z.ZodMiniType>(
  method: Method,
  path: string,
  schema: S,
  params: Params,
): Promise<Answer<z.infer<S>>> {
  const { query, body, headers, signal, totalTimeout } = params
  const text = query && `${query}` ? `?${query}` : ''
  const reply = await http.send({
    method,
    path: (path.startsWith('/') ? ours(path.slice(1)) : path) + text,
    headers: {
      // Has the server take fields and metadata in one write, and show what only it knows.
      'acme-version': '1',
      'clerk-api-version': '2026-05-12',
      ...(proof && { 'x-acme-proof': proof }),
      ...(isUnattended() && { 'x-acme-unattended': '1' }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    isRead: method === 'GET',
    signal,
    totalTimeout,
    // As the reply that it would have been: what a conflict comes with is read by the same schema.
    readUser: (json) => z.parse(schema, json),
  })
  return { value: parseReply(schema, reply, `${method} ${path}`), version: versionOf(reply) }
}

function parseReply<S extends z.ZodMiniType>(schema: S, { json }: Reply, what: string): z.infer<S> {
  const { success, data, error } = z.safeParse(schema, json)
  if (success) return data
  // Where it differs, without what stands there.
  const path = error.issues[0]?.path.join('.') || 'the whole'
  throw new AcmeError({
    code: 'unexpected_reply',
    message: `The reply of ${what} has another form than this dashboard knows, at ${path}. Reload the page.`,
  })
}

function versionOf({ headers }: Reply): number | undefined {
  const [, version] = /^"(\d+)"$/.exec(headers.get('etag') ?? '') ?? []
  return version === undefined ? undefined : Number(version)
}

/** Tells who is signed in, if anybody is. */
export async function readSession(signal?: AbortSignal): Promise<DashboardSessionJson | null> {
  const { value } = await askOnce('GET', '/session', z.nullable(dashboardSessionJson), { signal })
  proof = value?.proof ?? ''
  return value
}

/** Signs in by a secret key, or by a code that the command line made. */
export async function signIn(
  body: { readonly secret_key: string } | { readonly code: string },
): Promise<DashboardSessionJson> {
  const { value } = await askOnce('POST', '/session', dashboardSessionJson, { body })
  proof = value.proof
  return value
}

/** Ends the session. */
export async function endSession(): Promise<void> {
  await askOnce('DELETE', '/session', z.object({ deleted: z.literal(true) }), {})
  proof = ''
}
