import { fault } from '../domain/fault.ts'
import { queryParam } from './query-param.ts'

/** The last version whose updates of a user carry metadata; later ones have endpoints for it. */
const lastWithMetadata = '2025-11-10'

/**
 * Reads the API version a request is written for: a date, in the header or the query. The newest when
 * there is none.
 */
export function readApiVersion(request: Request, url: URL): string {
  const given = [request.headers.get('clerk-api-version'), queryParam(url, '__clerk_api_version')]
  const versions = given.filter((version) => version !== null)
  const [version = '9999-12-31'] = versions
  if (versions.length > 1 || !/^\d{4}-\d{2}-\d{2}$/.test(version)) {
    throw fault(
      400,
      'api_version_invalid',
      'invalid version',
      'Name one API version, a date, in the header or in the query.',
    )
  }
  return version
}

/** Whether an update of a user may set metadata along with the other fields. */
export function takesMetadata(version: string): boolean {
  return version <= lastWithMetadata
}
