import { createReadStream } from 'node:fs'
import { isJsonObject, type JsonObject, JsonTextError, parseJson } from '@acme/schema'
import { splitCsv } from './split-csv.ts'
import { splitJson } from './split-json.ts'

/** One record of an export, as it stands there. */
export interface ExportRecord {
  /** Its place, from 1. */
  readonly number: number
  /** What it says; undefined where it breaks a rule of JSON that cannot be kept. */
  readonly fields: JsonObject | undefined
  /** Which rule, and where. */
  readonly broken?: string | undefined
  /** How many bytes of the file it and all before it are. */
  readonly bytes: number
}

/**
 * Reads the records of an export one at a time: CSV where the file is called so, else JSON, as a list or as lines.
 *
 * @throws Error saying where the file is not what it is called
 */
export async function* readExport(file: string): AsyncGenerator<ExportRecord> {
  const chunks = createReadStream(file, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>
  let number = 0
  try {
    if (/\.csv$/i.test(file)) {
      for await (const { cells, bytes } of splitCsv(chunks)) yield { number: ++number, fields: cells, bytes }
      return
    }
    const decoder = new TextDecoder('utf-8', { fatal: true })
    for await (const { text, bytes } of splitJson(chunks)) {
      yield { number: ++number, bytes, ...parseRecord(decoder.decode(text)) }
    }
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`)
  }
}

function parseRecord(text: string): Pick<ExportRecord, 'fields' | 'broken'> {
  try {
    const value = parseJson(text)
    if (!isJsonObject(value)) throw new Error('a user is no object')
    return { fields: value }
  } catch (error) {
    if (!(error instanceof JsonTextError) || !error.path) throw error
    return { fields: undefined, broken: `${error.path.join('.')} ${error.message}` }
  }
}
