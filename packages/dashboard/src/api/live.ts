import { type DashboardHintJson, type DashboardHintKind, dashboardHintJson } from '@acme/schema/wire'
import type { Query } from '@tanstack/react-query'
import * as z from 'zod/mini'
import { tellSessionEnd } from './door.ts'
import { queryClient } from './query-client.ts'

/** How long the page leaves the server alone after it has read what changed, in milliseconds. */
const pause = 500

/** How much of the time it may spend on reading, as a part of it. */
const share = 0.2

/** After how long it asks for a stream again that was refused, in milliseconds. */
const patience = 30_000

let isOpen = false

/**
 * How often what is followed is read all the same, in milliseconds: seldom while the server tells what changes, since
 * another process may have changed what leaves no trace; and often while it does not.
 */
export function following(untold = 5_000, told = 60_000): () => number {
  return () => (isOpen ? told : untold)
}

/** What a kind is of, by the beginnings of the keys of what was read. */
const keysOf: { readonly [K in DashboardHintKind]: readonly string[] } = {
  // Of a user, who is named.
  sessions: [],
  schemas: ['schemas', 'metadata_schemas'],
  jobs: ['jobs'],
  webhooks: ['webhooks'],
  deliveries: ['webhooks'],
  keys: ['secret-keys'],
}

/** Whether it is the same for ever: what was pushed as a version, or a user as of one. */
function isLasting({ queryKey: [first, second, third] }: Query): boolean {
  return (first === 'schemas' && second === 'version') || (first === 'user' && third === 'version')
}

/** Whether what was read may be other by now. */
function isOutdated(query: Query, { users, kinds }: DashboardHintJson): boolean {
  const [first, id] = query.queryKey as readonly string[]
  if (isLasting(query) || first === undefined) return false
  if (kinds.some((kind) => keysOf[kind].includes(first))) return true
  if (!users) return first === 'user' || first === 'users'
  // A sign-in that changed nothing of the user shows among their sessions alone.
  if (first === 'users') return Object.values(users).some((version) => version !== 0)
  if (first !== 'user' || id === undefined || !(id in users)) return false
  const version = users[id] ?? Number.POSITIVE_INFINITY
  const isUser = query.queryKey.length === 2
  return !isUser || ((query.state.data as { version?: number } | undefined)?.version ?? -1) < version
}

/** What was told while something was read. */
let waiting: DashboardHintJson | undefined
let isReading = false

function merge(before: DashboardHintJson | undefined, hint: DashboardHintJson): DashboardHintJson {
  const users = before?.users === null || hint.users === null ? null : { ...before?.users, ...hint.users }
  return { users, kinds: [...new Set([...(before?.kinds ?? []), ...hint.kinds])] }
}

/** Reads anew what is in sight, however fast it changes: what is told meanwhile waits, and is one more reading. */
async function readChanged(hint: DashboardHintJson): Promise<void> {
  waiting = merge(waiting, hint)
  if (isReading) return
  isReading = true
  while (waiting) {
    const now: DashboardHintJson = waiting
    waiting = undefined
    const begun = performance.now()
    await queryClient.invalidateQueries({ predicate: (query) => isOutdated(query, now) })
    const took = performance.now() - begun
    await new Promise((resolve) => setTimeout(resolve, Math.max(pause, took / share - took)))
  }
  isReading = false
}

/** Reads all that is in sight and was read already: who was away does not know what happened. */
function readAll(): void {
  const predicate = (query: Query) =>
    query.queryKey[0] !== 'session' && query.state.data !== undefined && !isLasting(query)
  void queryClient.invalidateQueries({ predicate })
}

/** Follows what changes on the server, for as long as the page is in sight. Gives what ends it. */
export function follow(): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function close(): void {
    clearTimeout(timer)
    source?.close()
    source = undefined
    isOpen = false
  }

  function open(): void {
    if (source || document.hidden) return
    clearTimeout(timer)
    const own = new EventSource('/dashboard/events')
    source = own
    own.onopen = () => {
      isOpen = true
      readAll()
    }
    own.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      const hint = z.safeParse(dashboardHintJson, JSON.parse(data))
      if (hint.success) void readChanged(hint.data)
    })
    own.addEventListener('over', () => {
      close()
      tellSessionEnd()
    })
    own.onerror = () => {
      // Whether the server is gone, or the session over, the next reading tells.
      if (isOpen) readAll()
      isOpen = false
      // It comes again by itself but where it was refused.
      if (own.readyState !== EventSource.CLOSED) return
      close()
      timer = setTimeout(open, patience)
    }
  }

  const turn = () => (document.hidden ? close() : open())
  document.addEventListener('visibilitychange', turn)
  turn()
  return () => {
    document.removeEventListener('visibilitychange', turn)
    close()
  }
}
