import { frozen } from './frozen.ts'

/** Gives the row that a text says, by the id of the row. */
export type RowParser = (id: string, text: string) => unknown

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
  return (id, text) => {
    const known = recent.get(id)
    if (known?.text === text) return known.row
    const before = older.get(id)
    const parsed = before?.text === text ? before : { text, row: frozen(JSON.parse(text)) }
    if (characters > most) {
      older = recent
      recent = new Map()
      characters = 0
    }
    recent.set(id, parsed)
    characters += text.length - (known?.text.length ?? 0)
    return parsed.row
  }
}
