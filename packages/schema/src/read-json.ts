import type { JsonObject, JsonValue } from './json.ts'

/** Every token but what stands between them; of a text, also whether a colon follows it, which makes it a key. */
const token = /[{}[\],]|"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[^\s{}[\],:"]+/gs

/**
 * Reads JSON text (RFC 8259) as `JSON.parse` is meant to. V8 from 13.6 on (Node 24 and 26, and the browsers of their time)
 * takes a key that is written with an escape for another one, which an object had at the same place before, where the text
 * of the one begins with the other: after `{"\\":1}`, `{"\"":1}` is read as if it were the same. Whoever may choose keys
 * could so change what is read of others. Texts with such keys, which are rare, are put together from their tokens instead.
 *
 * @throws SyntaxError for text that is not JSON
 */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return hasEscapedKey(text) ? assemble(text) : value
}

/** Whether a key is written with an escape. */
function hasEscapedKey(text: string): boolean {
  if (!text.includes('\\')) return false
  for (const [match, colon] of text.matchAll(token)) if (colon !== undefined && match.includes('\\')) return true
  return false
}

/** Puts a value together from the tokens of a text that is known to be JSON. A text alone has no key to be mistaken. */
function assemble(text: string): JsonValue {
  const open: (JsonValue[] | Record<string, JsonValue>)[] = []
  let key = ''
  let root: JsonValue = null

  function put(value: JsonValue): void {
    const parent = open.at(-1)
    if (!parent) root = value
    else if (Array.isArray(parent)) parent.push(value)
    // Not set: of one name that would change the object's prototype.
    else Object.defineProperty(parent, key, { value, writable: true, enumerable: true, configurable: true })
  }

  for (const [match, colon] of text.matchAll(token)) {
    if (colon !== undefined) key = JSON.parse(match.slice(0, -colon.length)) as string
    else if (match === '{' || match === '[') {
      const value = match === '[' ? [] : ({} as JsonObject)
      put(value)
      open.push(value as JsonValue[])
    } else if (match === '}' || match === ']') open.pop()
    else if (match !== ',') put(JSON.parse(match) as JsonValue)
  }
  return root
}
