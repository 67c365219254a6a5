import { openApi } from '@acme/schema/wire'
import { Validator } from '@cfworker/json-schema'

/** Answers a request. */
export type Fetch = (request: Request, ...rest: never[]) => Promise<Response>

/** Holds every exchange against the description of the wire. */
export interface Recorder {
  /** Puts itself before a server. */
  around<F extends Fetch>(fetch: F): F
  /** What went against the description: which operation, and what of it. */
  readonly violations: readonly string[]
  /** The operations that were asked, and answered with success. */
  readonly seen: ReadonlySet<string>
  /** All operations there are. */
  readonly all: readonly string[]
}

interface Described {
  readonly operationId: string
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> }
  readonly responses: Record<string, Answered | { readonly $ref: string }>
}

interface Answered {
  readonly content: Record<string, { readonly schema: object }>
}

const jsonFields = /_metadata$/

/** Makes a recorder of the description that servers give at `/openapi.json`. */
export function createRecorder(): Recorder {
  const document = JSON.parse(JSON.stringify(openApi('0'))) as {
    paths: Record<string, Record<string, Described>>
    components: { schemas: Record<string, object>; responses: Record<string, Answered> }
  }
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      described,
      method,
      // A whole segment of letters before one that stands for any: `count` is no id.
      weight: path.includes('{') ? 1 : 0,
      pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+').replace(/\./g, '\\.')}$`),
    })),
  )
  operations.sort((a, b) => a.weight - b.weight)
  const validators = new Map<object, Validator>()
  const violations: string[] = []
  const seen = new Set<string>()

  function check(what: string, schema: object, value: unknown): void {
    let validator = validators.get(schema)
    if (!validator) {
      validator = new Validator({ ...schema, components: document.components } as never, '2020-12', false)
      validators.set(schema, validator)
    }
    const { valid, errors } = validator.validate(value)
    if (!valid) violations.push(`${what}: ${errors.map((one) => `${one.instanceLocation} ${one.error}`).join('; ')}`)
  }

  /** What is described of a reply: the schema of its JSON, of one media type. */
  function answered({ responses }: Described, status: number | string, type = 'application/json'): object | undefined {
    const found = responses[status]
    const answer = found && '$ref' in found ? document.components.responses[found.$ref.split('/').at(-1) ?? ''] : found
    return answer?.content[type]?.schema
  }

  return {
    violations,
    seen,
    all: operations.map(({ described }) => described.operationId),
    around: (fetch) =>
      (async (request: Request, ...rest: never[]) => {
        const url = new URL(request.url)
        const method = (url.searchParams.get('_method') ?? request.method).toLowerCase()
        const body = await request.clone().text()
        const response = await fetch(request, ...rest)
        const found = operations.find((one) => one.method === method && one.pattern.test(url.pathname))
        if (found && response.ok && answered(found.described, 200, 'text/event-stream')) {
          // It has no end to be read to.
          seen.add(found.described.operationId)
          return response
        }
        const text = await response.clone().text()
        const name = `${found?.described.operationId ?? `${method} ${url.pathname}`} ${response.status}`
        if (method === 'options') return response
        if (response.status === 307 && found?.described.responses['307']) {
          seen.add(found.described.operationId)
          return response
        }
        if (response.headers.get('content-type') !== 'application/json') violations.push(`${name}: not JSON`)
        if (!found) {
          // What is not there is said by an error of the same form.
          const refused = document.components.schemas['Error'] as object
          check(name, refused, JSON.parse(text))
          return response
        }
        const { described } = found
        if (response.ok) {
          const type = request.headers.get('content-type')?.split(';')[0] ?? ''
          const asked = described.requestBody?.content[type]
          const isForm = type.endsWith('urlencoded')
          if (body !== '' && asked) check(`${name}, its body`, asked.schema, isForm ? readForm(body) : JSON.parse(body))
          if (body !== '' && !asked) violations.push(`${name}: a body of ${type} is not described`)
          // A list of sessions is bare where no page is asked for.
          if (described.operationId !== 'listSessions' || url.searchParams.has('paginated')) {
            check(name, answered(described, 200) as object, JSON.parse(text))
          }
          seen.add(described.operationId)
        } else {
          const refused = answered(described, response.status)
          if (refused) check(name, refused, JSON.parse(text))
          else violations.push(`${name}: not described`)
        }
        return response
      }) as never,
  }
}

function readForm(body: string): object {
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([key, value]) => [key, jsonFields.test(key) ? JSON.parse(value) : value]),
  )
}
