/** A value of a JSON text, as its bytes, and how many bytes of the text it and all before it are. */
export interface JsonPart {
  readonly text: Buffer
  readonly bytes: number
}

/** How large one value may be, in bytes: it is held in memory. */
const largest = 16_777_216

/** An object that holds a list of all that matters under its first key, as Firebase writes it. */
const wrapped = /^\s*\{\s*"(?:users|data)"\s*:\s*\[/

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = Buffer.from('"\\{}[]')

/**
 * Finds the objects of a JSON text without holding more than one of them: those of a list, those of a list that an object
 * holds under its first key, `users` or `data`, or those that follow one another, as lines or not.
 *
 * @throws Error where the text ends within something, or holds what is no object
 */
export async function* splitJson(chunks: AsyncIterable<Buffer>): AsyncGenerator<JsonPart> {
  let rest: Buffer = Buffer.alloc(0)
  // How deep the objects stand, which the beginning tells.
  let level: number | undefined
  let depth = 0
  let isInText = false
  let isEscaped = false
  let isOver = false
  let start = -1
  let count = 0
  let before = 0
  for await (const chunk of chunks) {
    const from = rest.length
    const data: Buffer = from > 0 ? Buffer.concat([rest, chunk]) : chunk
    level ??= levelOf(data)
    for (let at = from; at < data.length; at++) {
      const byte = data[at] as number
      if (isInText) {
        if (isEscaped) isEscaped = false
        else if (byte === backslash) isEscaped = true
        else if (byte === quote) isInText = false
        continue
      }
      if (byte === quote) isInText = true
      if (byte === openBrace || byte === openBracket) {
        if (depth === level && !isOver && start < 0) start = at
        depth++
      } else if (byte === closeBrace || byte === closeBracket) {
        depth--
        if (depth < 0) throw new Error(`it closes more than it opens after ${count} users`)
        if (depth < level) isOver = true
        if (depth === level && start >= 0) {
          count++
          yield { text: data.subarray(start, at + 1), bytes: before + at + 1 }
          start = -1
        }
      } else if (depth === level && !isOver && start < 0 && !isBetween(byte)) {
        throw new Error(`after ${count} users there is something that is no object`)
      }
    }
    const keep = start < 0 ? data.length : start
    before += keep
    rest = data.subarray(keep)
    if (start >= 0) start = 0
    if (rest.length > largest) throw new Error(`after ${count} users there is one of more than ${largest} bytes`)
  }
  if (depth > 0 || isInText) throw new Error(`it ends before its end, after ${count} users`)
}

/** How deep the objects stand, from the beginning of the text. */
function levelOf(data: Buffer): number {
  const beginning = data
    .subarray(0, 256)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '')
  if (wrapped.test(beginning)) return 2
  return beginning.trimStart().startsWith('[') ? 1 : 0
}

/** White space, a comma, a byte order mark. */
function isBetween(byte: number): boolean {
  return byte <= 0x20 || byte === 0x2c || byte === 0xef || byte === 0xbb || byte === 0xbf
}
