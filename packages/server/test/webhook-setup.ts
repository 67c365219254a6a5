import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import type { Server, Storage, WebhookTimings } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { sendBackend, startServer } from './setup.ts'

/** Every storage, empty. */
export const storages: readonly (readonly [string, () => Promise<Storage>])[] = [
  ['memory', async () => createMemoryStorage()],
  ['SQLite', async () => createSqliteStorage({ database: new DatabaseSync(':memory:') })],
  [
    'PostgreSQL',
    async () => {
      const { url, drop } = await newDatabase()
      onTestFinished(drop)
      return createPostgresStorage({ url })
    },
  ],
]

/** An event as an endpoint got it. */
export interface Received {
  readonly id: string
  readonly headers: Record<string, string>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly json: any
}

/** An endpoint in this process. */
export interface Endpoint {
  readonly id: string
  readonly secret: string
  readonly url: string
  readonly received: Received[]
  /** What it answers; a status, or something that goes wrong. */
  answer: (event: Received, request: Request) => number | Promise<number>
}

/** A server whose webhooks stay in this process. */
export interface World {
  readonly server: Server
  /** Adds an endpoint that answers 200. */
  addEndpoint(options?: object): Promise<Endpoint>
  /** Makes the server's clock go on, in milliseconds. */
  pass(milliseconds: number): void
  now(): number
}

/** Starts one. Its clock stands still. */
export async function startWorld(storage: Storage, timings: Partial<WebhookTimings> = {}): Promise<World> {
  let now = Date.UTC(2026, 0, 1)
  const endpoints = new Map<string, Endpoint>()
  const server = await startServer({
    storage,
    clock: () => now,
    webhooks: { fetch: (request) => deliver(endpoints, request), timings },
  })
  onTestFinished(() => server.close())
  return {
    server,
    now: () => now,
    pass: (milliseconds) => {
      now += milliseconds
    },
    addEndpoint: (options) => addEndpoint(server, endpoints, options),
  }
}

let count = 0

/** Adds an endpoint to a server, and to those that are reached in this process. */
export async function addEndpoint(server: Server, endpoints: Map<string, Endpoint>, options: object = {}) {
  const url = `https://app.example/${count++}`
  const { json, status } = await sendBackend(server, 'POST', '/v1/webhook_endpoints', { url, ...options })
  expect(status).toBe(200)
  const endpoint: Endpoint = { id: json.id, secret: json.secret, url, received: [], answer: () => 200 }
  endpoints.set(url, endpoint)
  return endpoint
}

/** Hands a request to the endpoint it is for. */
export async function deliver(endpoints: ReadonlyMap<string, Endpoint>, request: Request): Promise<Response> {
  const endpoint = endpoints.get(request.url)
  if (!endpoint) throw new Error('nobody there')
  const text = await request.clone().text()
  const headers = Object.fromEntries(request.headers)
  const event = { id: headers['webhook-id'] ?? '', headers, text, json: JSON.parse(text) }
  endpoint.received.push(event)
  const status = await endpoint.answer(event, request)
  return new Response(null, { status, headers: { location: 'https://elsewhere.example/' } })
}

let people = 0

/** Creates a user with some fields; gives the id. */
export async function newUser(server: Server, fields: object = {}): Promise<string> {
  const { json } = await sendBackend(server, 'POST', '/v1/users', { username: `person_${people++}`, ...fields })
  return json.id
}

/** Merges into a user's metadata. */
export async function patch(server: Server, id: string, fields: object): Promise<void> {
  expect((await sendBackend(server, 'PATCH', `/v1/users/${id}/metadata`, fields)).status).toBe(200)
}
