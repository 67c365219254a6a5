import { createHash, type Hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { readJson } from '@acme/schema'
import { movingCollections } from '../storage/rows.ts'
import type { Write } from '../storage/storage.ts'

/** The form of the lines, which rises when it changes in a way that an older program would not understand. */
const format = 1

/** What the first line says. */
export interface DumpHeader {
  readonly acme: 'export'
  readonly format: number
  /** Tells this export from every other. */
  readonly id: string
  /** The version of the server that wrote it. */
  readonly server: string
  readonly at: string
}

/** What the last line says: how much there is, and the SHA-256 of the rows, each with a line break. */
export interface DumpTotals {
  readonly rows: number
  readonly users: number
  readonly sha256: string
}

/** Counts rows and adds up their digest, in their order. */
export interface Summary {
  add(text: string | Uint8Array, isUser: boolean): void
  totals(): DumpTotals
}

/** Begins to count. */
export function createSummary(): Summary {
  const hash: Hash = createHash('sha256')
  let rows = 0
  let users = 0
  return {
    add(text, isUser) {
      hash.update(text)
      hash.update('\n')
      rows++
      if (isUser) users++
    },
    totals: () => ({ rows, users, sha256: hash.copy().digest('hex') }),
  }
}

/** Writes the first line. */
export function headerLine(id: string, server: string): string {
  const header: DumpHeader = { acme: 'export', format, id, server, at: new Date().toISOString() }
  return JSON.stringify(header)
}

/** Writes the last line. */
export function totalsLine(totals: DumpTotals): string {
  return JSON.stringify({ end: totals })
}

const userBeginning = '{"put":"users",'
const checkBeginning = ',"check":"'
/** `,"check":"01234567"}` */
const checkLength = checkBeginning.length + 8 + '"}'.length

/**
 * Makes the writer of the lines between. Each holds the CRC-32 of all before it and of itself, so that the line that was
 * changed, left out or moved is known.
 */
export function createLineWriter(header: string): (text: string) => string {
  let sum = crc32(header)
  return (text) => {
    sum = crc32(text, sum)
    return `${text.slice(0, -1)}${checkBeginning}${sum.toString(16).padStart(8, '0')}"}`
  }
}

/** Makes the reader of the same lines: gives the text of the row, or undefined for one that is not as it was written. */
export function createLineReader(header: Uint8Array): (line: Buffer) => Buffer | undefined {
  let sum = crc32(header)
  return (line) => {
    const end = line.length - checkLength
    if (end < 1 || line.toString('latin1', end, end + checkBeginning.length) !== checkBeginning) return undefined
    const check = line.toString('latin1', end + checkBeginning.length, line.length - 2)
    const text = Buffer.concat([line.subarray(0, end), brace])
    sum = crc32(text, sum)
    return sum.toString(16).padStart(8, '0') === check ? text : undefined
  }
}

const brace = Buffer.from('}')

/** Whether the text of a row is that of a user. */
export function isUserText(text: string | Buffer): boolean {
  const beginning =
    typeof text === 'string' ? text.slice(0, userBeginning.length) : text.toString('latin1', 0, userBeginning.length)
  return beginning === userBeginning
}

/** Reads the first line, or gives undefined for that of another file. */
export function readHeader(line: Buffer): DumpHeader | undefined {
  const header = parse(line) as Partial<DumpHeader> | undefined
  return header?.acme === 'export' && typeof header.id === 'string' ? (header as DumpHeader) : undefined
}

/** Whether this program understands an export. */
export function isKnownFormat(header: DumpHeader): boolean {
  return header.format === format
}

/** Reads the last line, or gives undefined for any other. */
export function readTotals(line: Buffer): DumpTotals | undefined {
  return (parse(line) as { end?: DumpTotals } | undefined)?.end
}

/** Reads a line that was checked as the row it holds, or gives undefined for what this version does not keep. */
export function readRow(line: Buffer): Write | undefined {
  const { put, row, append } = (parse(line) ?? {}) as Partial<Record<'put' | 'row' | 'append', unknown>>
  if (append) return { append } as Write
  return (movingCollections as readonly unknown[]).includes(put) ? ({ put, row } as Write) : undefined
}

function parse(line: Buffer): unknown {
  try {
    return readJson(line.toString('utf8'))
  } catch {
    return undefined
  }
}
