import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * What goes wrong with a statement: an error of the database, by its SQLSTATE (PostgreSQL, appendix A), or the connection
 * is reset, before the database gets the statement or after it has obeyed.
 */
export type StatementFault = 'reset before' | 'reset after' | { readonly sqlState: string }

/** A proxy before a PostgreSQL, which speaks its protocol (version 3, chapter 55) and spoils what it is told to spoil. */
export interface PostgresProxy {
  readonly url: string
  /** How many statements went through since `fail` was called last. */
  count(): number
  /** The texts of all statements so far, each once. */
  texts(): readonly string[]
  /** Has the statement of this number, counted from 1 from now on, go wrong, and as many after it as are named. */
  fail(fault: StatementFault, first: number, many?: number): void
  /** Has nothing more go wrong. */
  heal(): void
  close(): Promise<void>
}

/** How a proxy is started. */
export interface PostgresProxyOptions {
  /** Gives each transaction a session of its own: whatever a session would remember is gone with the transaction. */
  readonly hasFreshSessions?: boolean
}

/** A message: its type, and all of it as it is sent. A start-up message has no type. */
interface Message {
  readonly type: string
  readonly bytes: Buffer
}

/** Starts a proxy before the database of a URL. */
export async function startPostgresProxy(target: string, options: PostgresProxyOptions = {}): Promise<PostgresProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const texts = new Set<string>()
  let plan: { readonly fault: StatementFault; readonly first: number; readonly last: number } | undefined
  let count = 0

  const track = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    return socket
  }

  function nextFault(): StatementFault | undefined {
    count++
    return plan && count >= plan.first && count <= plan.last ? plan.fault : undefined
  }

  const server = createServer((client) => {
    track(client)
    let startup: Buffer | undefined
    /** Batches that the database has been sent and answered; each is answered by one ReadyForQuery. */
    let [sent, answered] = [0, 0]
    /** The batch whose answer is withheld, since the connection is reset once it is there. */
    let cutAt: number | undefined
    /** Batches that the proxy has ended of its own accord. */
    const own = new Set<number>()
    let isSyncSpent = false
    let isWithinBatch = false
    const isIdle = () => sent === answered && !isWithinBatch
    let upstream = dial()

    function dial(replays = false): Socket {
      const socket = track(connect(Number(port), hostname))
      const read = createReader(true)
      let isStarting = true
      if (replays && startup) socket.write(startup)
      socket.on('data', (data) => {
        for (const message of read(data)) {
          const isReady = message.type === 'Z'
          if (isReady && isStarting) {
            isStarting = false
            if (!replays) client.write(message.bytes)
            continue
          }
          if (isStarting && replays) continue
          const isCut = cutAt !== undefined && answered + 1 >= cutAt
          if (isReady) answered++
          if (isReady && own.delete(answered)) continue
          if (!isCut) client.write(message.bytes)
          else if (answered === cutAt) return reset()
          if (isReady && options.hasFreshSessions && message.bytes.at(-1) === 73 && isIdle()) renew(socket)
        }
      })
      socket.on('close', () => socket === upstream && client.destroy())
      return socket
    }

    function renew(used: Socket): void {
      upstream = dial(true)
      used.end()
    }

    function reset(): void {
      client.resetAndDestroy()
      upstream.destroy()
    }

    function pass(message: Message): void {
      isWithinBatch = message.type !== 'S' && message.type !== 'Q'
      if (!isWithinBatch) sent++
      upstream.write(message.bytes)
    }

    const read = createReader(false)
    client.on('close', () => upstream.destroy())
    client.on('data', (data) => {
      for (const message of read(data)) {
        const { type, bytes } = message
        if (type === '') {
          startup = bytes
          upstream.write(bytes)
          continue
        }
        if (type === 'P' || type === 'Q') texts.add(textOf(message))
        if (type === 'S' && isSyncSpent) {
          isSyncSpent = false
          continue
        }
        const fault = type === 'E' || type === 'Q' ? nextFault() : undefined
        if (fault === 'reset before') return reset()
        if (fault === 'reset after') cutAt ??= sent + 1
        if (typeof fault !== 'object') {
          pass(message)
          continue
        }
        // The database itself fails, in its place among what it was sent before. One that has refused the parameters
        // already listens to nothing up to the next Sync.
        if (type === 'E') {
          pass(sync)
          own.add(sent)
        }
        pass(query(failure(fault.sqlState, /^commit/i.test(textOf(message)) && type === 'Q')))
        isSyncSpent = type === 'E'
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const url = new URL(target)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    count: () => count,
    texts: () => [...texts],
    fail(fault, first, many = 1) {
      count = 0
      plan = { fault, first, last: first + many - 1 }
    },
    heal() {
      plan = undefined
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Cuts what arrives into messages. */
function createReader(isDatabase: boolean): (data: Buffer) => readonly Message[] {
  let pending: Buffer = Buffer.alloc(0)
  let hasStarted = isDatabase
  return (data) => {
    pending = Buffer.concat([pending, data])
    const messages: Message[] = []
    for (;;) {
      const header = hasStarted ? 1 : 0
      if (pending.length < header + 4) return messages
      const length = header + pending.readUInt32BE(header)
      if (pending.length < length) return messages
      messages.push({ type: pending.toString('latin1', 0, header), bytes: pending.subarray(0, length) })
      pending = pending.subarray(length)
      hasStarted = true
    }
  }
}

/** The SQL of a Query or a Parse. */
function textOf({ type, bytes }: Message): string {
  const text = bytes.toString('utf8', 5)
  return type === 'Q' ? (text.split('\0')[0] ?? '') : (text.split('\0')[1] ?? '')
}

const sync: Message = { type: 'S', bytes: Buffer.from('S\0\0\0\x04', 'latin1') }

function query(text: string): Message {
  const bytes = Buffer.from(`Q----${text}\0`)
  bytes.writeUInt32BE(bytes.length - 1, 1)
  return { type: 'Q', bytes }
}

/** A statement that fails; in the place of a COMMIT it undoes what was to be kept. */
function failure(sqlState: string, isCommit: boolean): string {
  const raise = `DO $$ BEGIN RAISE EXCEPTION 'canary of a message' USING ERRCODE = '${sqlState}'; END $$`
  return isCommit ? `rollback; ${raise}` : raise
}
