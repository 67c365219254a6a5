import { userJson } from '../domain/users/user-json.ts'
import type { SessionRow, UserRow } from '../storage/rows.ts'
import type { Storage, Write } from '../storage/storage.ts'
import { createEventStream, type EventStream, toEvent } from './event-stream.ts'
import { tellWrites } from './tell-writes.ts'
import { createWatch } from './watch.ts'

/** How pages are kept current. */
export interface LiveOptions {
  /** How many streams this process holds. @default 20_000 */
  readonly maxStreams?: number | undefined
  /**
   * After how long a stream ends, in milliseconds, so that the page asks again and is judged anew; from half as long on,
   * so that not all come again at once.
   *
   * @default 600_000, 10 minutes
   */
  readonly lifetime?: number | undefined
}

/** Who hears of every write of this process. */
export interface LiveListener {
  /** So much was committed. */
  wrote(writes: readonly Write[]): void
  /** All streams are to end. */
  closed(): void
}

/** Keeps pages current. */
export interface Live {
  /** The storage, whose writes are heard of at once. */
  readonly storage: Storage
  /**
   * Opens the events of a session's user, which begin with the user as they are unless the page knows that already;
   * undefined when there is no room for more.
   */
  open(
    user: UserRow,
    session: SessionRow,
    isKnown: boolean,
    network?: string | undefined,
  ): ReadableStream<Uint8Array> | undefined
  /** Tells what this process writes from now on; gives the function that ends it. */
  listen(listener: LiveListener): () => void
  /** How many streams are open. */
  count(): number
  /** Ends all streams and takes no more. */
  close(): void
}

interface Open {
  readonly stream: EventStream
  /** In seconds, as are the others. */
  age: number
  readonly lifetime: number
  readonly beatsAt: number
}

/** How many streams of one user there are; one more ends the oldest, which may be a page that is long gone. */
const maxUserStreams = 32

/** How much of all the streams one part of the network may hold: accounts cost a stranger nothing. */
const networkShare = 0.1

/** How often what other processes wrote is asked for, in milliseconds. */
const period = 1_000

/** How often a comment is sent, in seconds: proxies let go of what is silent for 30 or 60. */
const beatEvery = 20

/** Makes what keeps pages current. While there are none, it does nothing. */
export function createLive(stored: Storage, clock: () => number, options: LiveOptions = {}): Live {
  const { maxStreams = 20_000, lifetime = 600_000 } = options
  const watch = createWatch(stored, clock)
  const listeners = new Set<LiveListener>()
  const storage = tellWrites(
    stored,
    () => watch.isBusy() || listeners.size > 0,
    (writes) => {
      watch.hear(writes)
      for (const listener of listeners) listener.wrote(writes)
    },
  )
  const all = new Set<Open>()
  const byUser = new Map<string, Set<EventStream>>()
  const byNetwork = new Map<string, number>()
  let isClosed = false
  let isChecking = false
  let timer: unknown

  function tick(): void {
    for (const open of all) {
      open.age++
      if (open.age >= open.lifetime) open.stream.end()
      else if (open.age % beatEvery === open.beatsAt) open.stream.beat()
    }
    if (isChecking) return
    isChecking = true
    watch
      .check()
      // A database that does not answer is asked again; whoever calls meanwhile is told.
      .catch(() => {})
      .finally(() => {
        isChecking = false
      })
  }

  function begin(open: Open, userId: string, network: string): () => void {
    if (all.size === 0) {
      timer = setInterval(tick, period)
      // In Node, a page under test that is left open does not keep the process.
      ;(timer as { unref?(): void }).unref?.()
    }
    all.add(open)
    byNetwork.set(network, (byNetwork.get(network) ?? 0) + 1)
    const own = byUser.get(userId) ?? new Set()
    byUser.set(userId, own.add(open.stream))
    if (own.size > maxUserStreams) [...own][0]?.end()
    return () => {
      all.delete(open)
      if (all.size === 0) clearInterval(timer as number)
      const left = (byNetwork.get(network) ?? 0) - 1
      if (left > 0) byNetwork.set(network, left)
      else byNetwork.delete(network)
      own.delete(open.stream)
      if (own.size === 0 && byUser.get(userId) === own) byUser.delete(userId)
    }
  }

  // The streams of one user are told the same.
  let written: { readonly user: UserRow; readonly event: string } | undefined
  function eventOf(user: UserRow): string {
    if (written?.user !== user) {
      const json = JSON.stringify(userJson(user, 'frontend', clock()))
      written = { user, event: toEvent('user', json, user.version) }
    }
    return written.event
  }

  return {
    storage,
    open(user, session, isKnown, network = '') {
      if (isClosed || all.size >= maxStreams) return undefined
      // Who is somewhere unknown may be anybody.
      const most = network === '' ? maxStreams : Math.max(1, maxStreams * networkShare)
      if ((byNetwork.get(network) ?? 0) >= most) return undefined
      let ends: (() => void)[] = []
      const stream = createEventStream(
        {
          opened() {
            const seconds = (lifetime / period) * (0.5 + Math.random() / 2)
            const open = { stream, age: 0, lifetime: seconds, beatsAt: Math.floor(Math.random() * beatEvery) }
            const endWatch = watch.begin(user, session, {
              changed: (current) => stream.send(eventOf(current)),
              over() {
                stream.send(toEvent('user', 'null'))
                stream.end()
              },
            })
            ends = [begin(open, user.id, network), endWatch]
            if (isClosed) stream.end()
          },
          closed() {
            for (const end of ends.splice(0)) end()
          },
        },
        isKnown ? '' : eventOf(user),
      )
      return stream.body
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    count: () => all.size,
    close() {
      isClosed = true
      for (const { stream } of all) stream.end()
      for (const listener of listeners) listener.closed()
    },
  }
}
