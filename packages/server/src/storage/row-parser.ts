import { readJson } from '@acme/schema'
import { frozen } from './frozen.ts'

/** Reads rows from their texts. */
export interface RowParser {
  /** Gives the row that a text says, by the id of the row. */
  parse(id: string, text: string): unknown
  /** Keeps a row and the text that was made of it: it is most likely the next to be asked for. */
  keep(id: string, text: string, row: unknown): void
}

interface Parsed {
  readonly text: string
  readonly row: unknown
}

/** How many characters of texts are kept twice over: some thousand users. */
const most = 2_000_000

/**
 * Makes a parser of rows that gives the same row, frozen, as long as its text is the same: most reads find what an
 * earlier one found, and whatever was made of a row may be kept along with it. What was not asked for of late is
 * forgotten.
 */
export function createRowParser(): RowParser {
  let recent = new Map<string, Parsed>()
  let older = new Map<string, Parsed>()
  let characters = 0

  function remember(id: string, parsed: Parsed): void {
    if (characters > most) {
      older = recent
      recent = new Map()
      characters = 0
    }
    characters += parsed.text.length - (recent.get(id)?.text.length ?? 0)
    recent.set(id, parsed)
  }

  return {
    parse(id, text) {
      const known = recent.get(id)
      if (known?.text === text) return known.row
      const before = older.get(id)
      const parsed = before?.text === text ? before : { text, row: frozen(readJson(text)) }
      remember(id, parsed)
      return parsed.row
    },
    keep(id, text, row) {
      remember(id, { text, row: frozen(row) })
    },
  }
}
