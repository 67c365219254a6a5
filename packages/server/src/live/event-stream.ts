/** A stream of server-sent events (WHATWG HTML, section 9.2), which keeps at most one that was not taken yet. */
export interface EventStream {
  readonly body: ReadableStream<Uint8Array>
  /**
   * Sends an event, in the place of one that was not taken yet: each tells all there is to know. Gives whether there was
   * such a one.
   */
  send(event: string): boolean
  /** Sends a comment, by which both sides learn whether the other is there. Who does not take even that is let go. */
  beat(): void
  /** Sends what is left, and ends. */
  end(): void
}

/** What a stream tells of itself. */
export interface StreamEvents {
  /** Somebody has begun to read. */
  opened(): void
  /** Nobody reads any more. */
  closed(): void
}

/** How many comments a reader may leave lying. */
const patience = 2

const encoder = new TextEncoder()
const comment = ':\n\n'
/** Says that it is open, and for how long an EventSource waits before it comes again, in milliseconds. */
const opening = ':\nretry: 3000\n\n'

/** Makes a stream, which may begin with an event. Nothing happens before it is read. */
export function createEventStream({ opened, closed }: StreamEvents, first = ''): EventStream {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let waiting: string | undefined = opening + first
  /** Whether the reader has taken everything and asks for more. */
  let isAsked = false
  let isEnding = false
  let missed = 0

  function give(): void {
    if (!isAsked || !controller) return
    if (waiting) {
      isAsked = false
      const chunk = encoder.encode(waiting)
      waiting = undefined
      controller.enqueue(chunk)
    } else if (isEnding) {
      isAsked = false
      controller.close()
    }
  }

  const body = new ReadableStream<Uint8Array>(
    {
      pull(own) {
        if (!controller) {
          controller = own
          opened()
        }
        isAsked = true
        missed = 0
        give()
      },
      cancel: closed,
    },
    // Without a buffer of its own: it is asked for a chunk when there is somebody to take it.
    { highWaterMark: 0 },
  )

  return {
    body,
    send(event) {
      const isInstead = waiting !== undefined
      waiting = event
      give()
      return isInstead
    },
    beat() {
      if (isAsked) {
        waiting = comment
        give()
      } else if (++missed >= patience) {
        waiting = undefined
        this.end()
      }
    },
    end() {
      if (isEnding) return
      isEnding = true
      closed()
      give()
    },
  }
}

/** Writes an event. The data must be one line. */
export function toEvent(name: string, data: string, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${data}\n\n`
}
