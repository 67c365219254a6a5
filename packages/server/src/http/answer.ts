import type { RequestInfo } from './request-info.ts'

/** What is answered: a response, or the text of one. */
export type Answer = Response | TextAnswer

/**
 * A response whose body is a text, before it is one. To make a `Response` costs as much as reading a user and writing
 * them as JSON, and whoever serves a socket takes it apart again at once.
 */
export class TextAnswer {
  readonly text: string
  readonly status: number
  readonly headers: Record<string, string>
  /** The values of its `Set-Cookie` headers. */
  readonly cookies: string[] = []

  constructor(text: string, status: number, headers: Record<string, string>) {
    this.text = text
    this.status = status
    this.headers = headers
  }
}

/** Sets headers of an answer. */
export function setHeaders(answer: Answer, headers: Readonly<Record<string, string>>): void {
  if (answer instanceof TextAnswer) Object.assign(answer.headers, headers)
  else for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value)
}

/** Adds a cookie to an answer. */
export function addCookie(answer: Answer, cookie: string): void {
  if (answer instanceof TextAnswer) answer.cookies.push(cookie)
  else answer.headers.append('set-cookie', cookie)
}

/** Makes the response of an answer. */
export function toResponse(answer: Answer): Response {
  if (!(answer instanceof TextAnswer)) return answer
  const response = new Response(answer.text, { status: answer.status, headers: answer.headers })
  for (const cookie of answer.cookies) response.headers.append('set-cookie', cookie)
  return response
}

/** Answers requests. */
export type Answering = (request: Request, info?: RequestInfo) => Promise<Answer>

/** What answers, behind the handler that makes responses of it. */
const answerings = new WeakMap<object, Answering>()

/** Makes a handler of what answers. */
export function toHandler(answering: Answering): (request: Request, info?: RequestInfo) => Promise<Response> {
  const handler = async (request: Request, info?: RequestInfo) => toResponse(await answering(request, info))
  answerings.set(handler, answering)
  return handler
}

/** Gives what a handler was made of, for whoever has a use for texts; any other handler is what answers itself. */
export function toAnswering(
  handler: (request: Request, info: RequestInfo) => Promise<Response>,
): (request: Request, info: RequestInfo) => Promise<Answer> {
  return answerings.get(handler) ?? handler
}
