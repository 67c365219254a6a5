/** A request that a mock was asked. */
export interface MockRequest {
  /** What is meant: `PATCH` also where the Frontend API sends it as a `POST`. */
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** The JSON or the form, its passwords and secrets masked; undefined when there was none. */
  readonly body: Readonly<Record<string, unknown>> | undefined
  /** Undefined until it is answered, and for ever where it got no answer. */
  status: number | undefined
}

const secret = /password|secret|token/

/** Describes a request without using it up. */
export async function describe(request: Request): Promise<MockRequest> {
  const { pathname, searchParams } = new URL(request.url)
  return {
    method: (request.method === 'POST' && searchParams.get('_method')) || request.method,
    path: pathname,
    query: Object.fromEntries([...searchParams].map(([key, value]) => [key, masked(key, value)])),
    body: readBody(await request.clone().text()),
    status: undefined,
  }
}

function readBody(text: string): MockRequest['body'] {
  if (text === '') return undefined
  try {
    const json = JSON.parse(text)
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, masked(key, value)]))
  } catch {
    const fields = [...new URLSearchParams(text)]
    return Object.fromEntries(fields.map(([key, value]) => [key, masked(key, jsonOf(key, value))]))
  }
}

/** Metadata travels as JSON text in a form. */
function jsonOf(key: string, value: string): unknown {
  try {
    return key.endsWith('_metadata') ? JSON.parse(value) : value
  } catch {
    return value
  }
}

function masked<T>(key: string, value: T): T | '***' {
  return secret.test(key) ? '***' : value
}
