import type { JsonPath, JsonValue } from './json.ts'
import { depthRule, isPlainText, keysRule, metadataDepth, metadataKeys, protoRule, textRule } from './metadata-rules.ts'
import { readJson } from './read-json.ts'

/** The most that a request body may hold, in bytes. */
export const bodyLimit = 65_536

/** JSON text that is malformed or breaks a rule. */
export class JsonTextError extends Error {
  override name = 'JsonTextError'
  /** Where the text breaks a rule, from the document inward; undefined when it is not JSON at all. */
  readonly path: JsonPath | undefined

  constructor(message: string, path?: JsonPath) {
    super(message)
    this.path = path
  }
}

/**
 * Parses JSON text (RFC 8259) from outside, after one pass that refuses what databases and parsers
 * disagree on: more than {@link metadataDepth} levels below the document's own or
 * {@link metadataKeys} keys, duplicate keys, a key named `__proto__`, NUL characters, lone surrogates,
 * and numbers that a double cannot hold.
 *
 * @throws {@link JsonTextError}
 */
export function parseJson(text: string): JsonValue {
  scan(text)
  try {
    return readJson(text) as JsonValue
  } catch {
    throw new JsonTextError('is not valid JSON')
  }
}

interface Level {
  /** The keys seen so far of an object; undefined in an array. */
  readonly keys: Set<string> | undefined
  /** The key or index of the member being read. */
  at: string | number
  /** Whether the next string is a key. */
  expectsKey: boolean
}

const token = /[{}[\],]|"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs

// Only tokens are looked at: whether they stand in a legal order is left to JSON.parse, so that there
// is one grammar. A document it refuses may be refused here first, by a rule it breaks as well.
function scan(text: string): void {
  const levels: Level[] = []
  let keys = 0
  const refuse = (message: string): never => {
    throw new JsonTextError(
      message,
      levels.map((level) => level.at),
    )
  }
  token.lastIndex = 0
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const match = found[0]
    const level = levels.at(-1)
    if (match === '{' || match === '[') {
      // One level more than metadata may have: the body that carries it.
      if (levels.length > metadataDepth) refuse(depthRule)
      const isObject = match === '{'
      levels.push({ keys: isObject ? new Set() : undefined, at: isObject ? '' : 0, expectsKey: isObject })
    } else if (match === '}' || match === ']') {
      levels.pop()
    } else if (match === ',') {
      if (level?.keys) level.expectsKey = true
      else if (level) level.at = (level.at as number) + 1
    } else if (match.startsWith('"')) {
      const value = readString(match)
      if (level?.keys && level.expectsKey) {
        level.expectsKey = false
        level.at = value
        if (level.keys.has(value)) refuse('the key is given twice')
        level.keys.add(value)
        // One key more for each kind of metadata and field of the body itself would be hair-splitting.
        if (++keys > metadataKeys * 4) refuse(keysRule)
        if (value === '__proto__') refuse(protoRule)
      }
      if (!isPlainText(value)) refuse(textRule)
    } else if (!survivesDouble(match)) {
      refuse('the number does not fit a double without loss; send it as a string')
    }
  }
}

function readString(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1)
  try {
    return JSON.parse(literal) as string
  } catch {
    throw new JsonTextError('is not valid JSON')
  }
}

function survivesDouble(text: string): boolean {
  // Up to 15 digits always do.
  if (/^-?\d{1,15}$/.test(text)) return true
  const number = Number(text)
  // Not a number at all: JSON.parse says so better.
  return Number.isNaN(number) || (Number.isFinite(number) && decimal(text) === decimal(String(number)))
}

/** A number's significant digits and power of ten, so that 1.50, 15e-1 and 1.5 read the same. */
function decimal(text: string): string {
  const [mantissa = '', exponent = '0'] = text
    .replace('-', (sign, index) => (index === 0 ? '' : sign))
    .toLowerCase()
    .split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  return `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}
