/** A row of a CSV text, by the names of its columns, and how many bytes of the text have been read. */
export interface CsvRow {
  readonly cells: Readonly<Record<string, string>>
  readonly bytes: number
}

const largest = 16_777_216

/**
 * Reads CSV (RFC 4180, also with bare line feeds) whose first row names the columns, one row at a time.
 *
 * @throws Error for a row of another length than the first, and a text that ends within quotes or is no UTF-8
 */
export async function* splitCsv(chunks: AsyncIterable<Buffer>): AsyncGenerator<CsvRow> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let names: readonly string[] | undefined
  let row: string[] = []
  let cell = ''
  let state: 'plain' | 'quoted' | 'after' = 'plain'
  let size = 0
  let bytes = 0
  let count = 0

  const endRow = (): CsvRow | undefined => {
    const done = [...row, cell]
    row = []
    cell = ''
    size = 0
    // A line without anything, as at the end.
    if (done.length === 1 && done[0] === '') return undefined
    if (!names) {
      names = done
      return undefined
    }
    count++
    if (done.length !== names.length) {
      throw new Error(`row ${count} has ${done.length} columns, and the first line names ${names.length}`)
    }
    return { cells: Object.fromEntries(names.map((name, index) => [name, done[index] ?? ''])), bytes }
  }

  for await (const chunk of chunks) {
    bytes += chunk.length
    const text = decoder.decode(chunk, { stream: true })
    for (let at = 0; at < text.length; at++) {
      if (state === 'quoted') {
        const end = text.indexOf('"', at)
        const part = text.slice(at, end < 0 ? undefined : end)
        cell += part
        size += part.length
        if (size > largest) throw new Error(`row ${count + 1} has more than ${largest} characters`)
        if (end < 0) break
        at = end
        state = 'after'
        continue
      }
      const char = text[at] as string
      if (char === '"') {
        // A second one within quotes is one that is meant.
        if (state === 'after') cell += char
        state = 'quoted'
      } else if (char === ',') {
        row.push(cell)
        cell = ''
        state = 'plain'
      } else if (char === '\n') {
        state = 'plain'
        const done = endRow()
        if (done) yield done
      } else if (char !== '\r') {
        cell += char
        size++
        if (size > largest) throw new Error(`row ${count + 1} has more than ${largest} characters`)
      }
    }
  }
  decoder.decode()
  if (state === 'quoted') throw new Error(`it ends within quotes, in row ${count + 1}`)
  const last = endRow()
  if (last) yield last
}
