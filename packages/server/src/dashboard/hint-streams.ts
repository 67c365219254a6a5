import { createEventStream, type EventStream, toEvent } from '../live/event-stream.ts'
import type { Live } from '../live/live.ts'
import type { Storage, Write } from '../storage/storage.ts'
import { createElsewhere, type Elsewhere } from './elsewhere.ts'
import { addHint, everything, hintJson, hintWrites, isNothing, noHint } from './hints.ts'

/** Whose stream it is. */
export interface HintReader {
  /** What streams of one session have in common. */
  readonly session: string
  /** Tells whether the session, and its key, still open anything. Nothing is noted of it: to look is no use of it. */
  isIn(): Promise<boolean>
}

/** The streams that tell pages of the dashboard what has changed. */
export interface HintStreams {
  /** Opens one; undefined where there are as many as there may be. */
  open(reader: HintReader): Promise<ReadableStream<Uint8Array> | undefined>
}

/** How many streams a process holds, and how many of one session: a page that is hidden has none. */
const most = { all: 128, session: 16 }

/** For how long what changes is gathered, in milliseconds, so that many writes are told at once. */
const gathering = 250

/** How often what other processes wrote is looked for, in milliseconds. */
const period = 1_000

/** How often each stream is asked whether its session goes on, and is sent a comment, in periods. */
const judgeEvery = 5
const beatEvery = 15

/** What writes may end a session. */
const judging: ReadonlySet<string> = new Set(['dashboardSessions', 'instances'])

interface Open {
  readonly reader: HintReader
  readonly stream: EventStream
  age: number
}

const toText = (hint: object) => toEvent('changed', JSON.stringify(hint))

/** Makes them. While there are none, nothing is heard of and nothing looked for. */
export function createHintStreams(live: Live, storage: Storage): HintStreams {
  const all = new Set<Open>()
  let hint = noHint()
  let elsewhere: Elsewhere | undefined
  let isLooking: Promise<void> | undefined
  let gatheringTimer: unknown
  let timer: unknown
  let unlisten: (() => void) | undefined

  function tell(): void {
    gatheringTimer = undefined
    if (isNothing(hint)) return
    const text = toText(hintJson(hint))
    hint = noHint()
    for (const { stream } of all) {
      // Whoever has not taken the one before has missed what it said.
      if (stream.send(text)) stream.send(toText(everything))
    }
  }

  function tellSoon(): void {
    if (gatheringTimer !== undefined || isNothing(hint)) return
    gatheringTimer = setTimeout(tell, gathering)
    ;(gatheringTimer as { unref?(): void }).unref?.()
  }

  async function judge(open: Open): Promise<void> {
    // A database that does not answer is asked again.
    if (await open.reader.isIn().catch(() => true)) return
    open.stream.send(toEvent('over', '{}'))
    open.stream.end()
  }

  function judgeAll(): void {
    for (const open of all) void judge(open)
  }

  function look(): Promise<void> {
    elsewhere ??= createElsewhere(storage)
    const found = noHint()
    isLooking ??= elsewhere
      .look(found)
      .then(() => {
        if (all.size === 0) return
        addHint(hint, found)
        tellSoon()
        if (found.kinds.has('keys')) judgeAll()
      })
      .finally(() => {
        isLooking = undefined
      })
    return isLooking
  }

  function tick(): void {
    for (const open of all) {
      open.age++
      if (open.age % beatEvery === 0) open.stream.beat()
      if (open.age % judgeEvery === 0) void judge(open)
    }
    look().catch(() => {})
  }

  function wrote(writes: readonly Write[]): void {
    elsewhere?.wrote(writes)
    hintWrites(hint, writes)
    tellSoon()
    if (writes.some((write) => judging.has('put' in write ? write.put : 'delete' in write ? write.delete : ''))) {
      judgeAll()
    }
  }

  function begin(): void {
    timer = setInterval(tick, period)
    ;(timer as { unref?(): void }).unref?.()
    unlisten = live.listen({
      wrote,
      closed() {
        for (const { stream } of all) stream.end()
      },
    })
  }

  function rest(): void {
    clearInterval(timer as number)
    clearTimeout(gatheringTimer as number)
    unlisten?.()
    hint = noHint()
    gatheringTimer = unlisten = elsewhere = undefined
  }

  return {
    async open(reader) {
      const own = [...all].filter((open) => open.reader.session === reader.session).length
      if (all.size >= most.all || own >= most.session) return undefined
      // What is there before the page hears that it is open, it reads by itself.
      if (!elsewhere) await look()
      const open: Open = {
        reader,
        age: 0,
        stream: createEventStream({
          opened() {
            if (all.size === 0) begin()
            all.add(open)
          },
          closed() {
            if (all.delete(open) && all.size === 0) rest()
          },
        }),
      }
      return open.stream.body
    },
  }
}
