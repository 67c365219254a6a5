import { readJson } from '@acme/schema'
import { frozen } from './frozen.ts'

/** Reads rows from their texts. */
export interface RowParser {
  /** Gives the row that a text says, by the id of the row. */
  parse(id: string, text: string): unknown
  /** Keeps a row and the text that was made of it: it is most likely the next to be asked for. */
  keep(id: string, text: string, row: unknown): void
  /** Gives a row that was parsed or kept since {@link doubt}; undefined for one that has to be read. */
  known(id: string): unknown
  /** Has a row be read again. */
  forget(id: string): void
  /** Has every row be read again: any may be another by now. */
  doubt(): void
}

interface Parsed {
  readonly text: string
  readonly row: unknown
  /** How often there was doubt before it was read. */
  readonly doubts: number
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
  let doubts = 0

  function remember(id: string, text: string, row: unknown): void {
    if (characters > most) {
      older = recent
      recent = new Map()
      characters = 0
    }
    characters += text.length - (recent.get(id)?.text.length ?? 0)
    recent.set(id, { text, row, doubts })
  }

  return {
    parse(id, text) {
      const known = recent.get(id)
      if (known?.text === text && known.doubts === doubts) return known.row
      const before = known ?? older.get(id)
      const row = before?.text === text ? before.row : frozen(readJson(text))
      remember(id, text, row)
      return row
    },
    keep(id, text, row) {
      remember(id, text, frozen(row))
    },
    known(id) {
      const found = recent.get(id)
      if (found) return found.doubts === doubts ? found.row : undefined
      const before = older.get(id)
      if (before?.doubts !== doubts) return undefined
      remember(id, before.text, before.row)
      return before.row
    },
    forget(id) {
      recent.delete(id)
      older.delete(id)
    },
    doubt() {
      doubts++
    },
  }
}
