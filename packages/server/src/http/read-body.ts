import { bodyLimit, JsonTextError, type JsonValue, parseJson } from '@acme/schema'
import { type Fault, fault, paramFault } from '../domain/fault.ts'

/** A request body as the one edge for input gives it: parsed once, every rule checked. */
export interface Body {
  readonly params: JsonValue
  /** The text it came from. */
  readonly text: string
}

/**
 * Reads a body of at most {@link bodyLimit} bytes: JSON, or where it is taken a form whose fields named in
 * `jsonFields` are JSON texts. An empty body is `{}`.
 *
 * @throws Fault 413, 415 or 400, or JsonTextError
 */
export async function readBody(request: Request, jsonFields?: ReadonlySet<string>): Promise<Body> {
  const bytes = await readBytes(request)
  if (bytes.length === 0) return { params: {}, text: '' }
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '').toLowerCase().split(';')
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='))
  const isForm = type.trim() === 'application/x-www-form-urlencoded'
  const isJson = /^application\/(?:[\w.-]+\+)?json$/.test(type.trim())
  const isUtf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset)
  if (!isUtf8 || !(isJson || (isForm && jsonFields))) {
    throw fault(415, 'unsupported_content_type', 'unsupported content type', 'Send application/json in UTF-8.')
  }
  const text = decode(bytes)
  return { params: isForm && jsonFields ? parseForm(text, jsonFields) : parseJson(text), text }
}

/** Reads the bytes of a body, of which there may be {@link bodyLimit}. @throws Fault 413 */
export async function readBytes(request: Request): Promise<Uint8Array> {
  // To ask for a body makes one, even where there is none.
  if (request.method === 'GET' || request.method === 'HEAD') return new Uint8Array()
  const announced = request.headers.get('content-length')
  // Firefox shows no request's body as a stream; what is there, its page holds already.
  if ((announced !== null && Number(announced) <= bodyLimit) || request.body === undefined) {
    const bytes = new Uint8Array(await request.arrayBuffer())
    if (bytes.length <= bodyLimit) return bytes
    throw tooLarge()
  }
  const chunks: Uint8Array[] = []
  let length = 0
  // Counted as it arrives: a Content-Length may lie, or be missing.
  for (const reader = request.body?.getReader(); reader; ) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.length
    if (length > bodyLimit) {
      void reader.cancel()
      throw tooLarge()
    }
    chunks.push(value)
  }
  if (chunks.length === 1) return chunks[0] as Uint8Array
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function tooLarge(): Fault {
  return fault(413, 'request_body_too_large', 'too large', `The request body has more than ${bodyLimit} bytes.`)
}

/** A byte order mark stays, so that the JSON grammar refuses it (RFC 8259, section 8.1). */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw fault(400, 'request_body_invalid', 'is not UTF-8', 'The request body is not UTF-8.')
  }
}

function parseForm(text: string, jsonFields: ReadonlySet<string>): JsonValue {
  const params = new Map<string, JsonValue>()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const at = pair.indexOf('=')
    const key = decodePart(at < 0 ? pair : pair.slice(0, at))
    const value = decodePart(at < 0 ? '' : pair.slice(at + 1))
    if (params.has(key)) throw paramFault(key, 'form_param_duplicate', 'is given twice')
    params.set(key, jsonFields.has(key) ? parseField(key, value) : value)
  }
  return Object.fromEntries(params)
}

function parseField(key: string, value: string): JsonValue {
  // How clerk-js sends null.
  if (value === '') return null
  try {
    return parseJson(value)
  } catch (error) {
    if (error instanceof JsonTextError) throw new JsonTextError(error.message, [key, ...(error.path ?? [])])
    throw error
  }
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    throw fault(400, 'request_body_invalid', 'is malformed', 'The form is not percent-encoded UTF-8.')
  }
}
