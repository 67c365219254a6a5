import type { JsonPath } from '@acme/schema'
import { Fault, toFault } from '../../domain/fault.ts'
import type { Refusal } from './import-report.ts'
import { MappingError } from './metadata-mapping.ts'

/** Says why a user was refused. @throws what is no refusal, such as a database that is gone */
export function refusalsOf(error: unknown): readonly Refusal[] {
  if (error instanceof MappingError) return [{ code: 'metadata_invalid', message: error.message, path: error.path }]
  const known = toFault(error)
  if (!(known instanceof Fault) || known.status >= 500) throw error
  return known.errors.map(({ code, message, long_message: long, meta }) => {
    const {
      param_name: param,
      path,
      issue,
      bytes,
      limit,
    } = (meta ?? {}) as {
      param_name?: string
      path?: JsonPath
      issue?: string
      bytes?: number
      limit?: number
    }
    return { code, message: issue ?? long ?? message, param, path, bytes, limit }
  })
}
