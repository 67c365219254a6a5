import { fault } from '../domain/fault.ts'
import type { Precondition } from '../domain/users/change-user.ts'
import { queryParam } from './query-param.ts'

/** Reads `If-Match` (RFC 9110, section 13.1.1), or its twin in the query, which needs no CORS preflight. */
export function readPrecondition(request: Request, url: URL): Precondition {
  const text = request.headers.get('if-match') ?? queryParam(url, 'acme_if_match')
  if (text === null) return undefined
  if (text === '*') return '*'
  const version = /^"?(\d{1,15})"?$/.exec(text)?.[1]
  if (version === undefined) {
    throw fault(400, 'precondition_invalid', 'invalid If-Match', 'If-Match names a version of the user, such as "3".')
  }
  return Number(version)
}
