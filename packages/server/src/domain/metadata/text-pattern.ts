import { parsePattern } from './parse-pattern.ts'
import { Graph, type Look, type Room, search, sweep } from './pattern-graph.ts'

/** A regular expression, tested in time that grows with the text and never with the ways to read it. */
export interface TextPattern {
  /** Tells whether it is found in a text. `spend` is told of the work as it is done, and may throw. */
  test(text: string, spend: (work: number) => void): boolean
}

/** The most pieces that the patterns of one schema may come to, so that `(?:a{999}){999}` costs nobody anything. */
const maxPieces = 20_000

/** The patterns of one schema, each read once. */
export class TextPatterns {
  readonly #known = new Map<string, TextPattern>()
  readonly #room: Room = { left: maxPieces }

  /**
   * Reads a pattern (ECMA-262, flag `u`). The engine of the platform tries every way to read a text, which for `(a|a)*$`
   * are 2 to the power of its length; this one follows all of them at once (Thompson's construction), with look-around as
   * a pass of its own. With back references it tries, but nothing twice, and as long as it may spend. Single characters are
   * left to the platform.
   *
   * @throws Error for what is no pattern, flags inside, back references from look-around or to what is repeated, and when
   * the patterns come to more than {@link maxPieces}
   */
  read(source: string): TextPattern {
    const pattern = this.#known.get(source) ?? readPattern(source, this.#room)
    this.#known.set(source, pattern)
    return pattern
  }
}

function readPattern(source: string, room: Room): TextPattern {
  new RegExp(source, 'u')
  const looks: Look[] = []
  const main = new Graph(room)
  const { part, refersBack } = parsePattern(source, room, looks)
  main.end = part(main, 0)
  return {
    test(text, spend) {
      const chars = [...text]
      const tables: Uint8Array[] = []
      for (const { graph, isAhead } of looks) {
        const table = new Uint8Array(chars.length + 1)
        sweep(graph, { chars, tables, spend }, isAhead, (at) => {
          table[at] = 1
          return false
        })
        tables.push(table)
      }
      const reading = { chars, tables, spend }
      return refersBack ? search(main, reading) : sweep(main, reading, false, () => true)
    },
  }
}
