import {
  isAcmeError,
  type JsonObject,
  JsonTextError,
  MetadataInvalidError,
  MetadataTooLargeError,
  metadataLimit,
  metadataParam,
} from '@acme/schema'
import type { ErrorItemJson } from '@acme/schema/wire'
import { StorageError, type StorageFailure } from '../storage/storage-error.ts'

/** What else is known of a fault; a cause is for the log. */
export type FaultFacts = Partial<Pick<Fault, 'retryAfter' | 'outcome' | 'cause'>>

/** A request that is refused: what the caller did wrong, in the form of the wire. It never holds a value of the request. */
export class Fault extends Error {
  override name = 'Fault'
  readonly status: number
  readonly errors: readonly ErrorItemJson[]
  /** Seconds to wait before trying again. */
  readonly retryAfter: number | undefined
  /** Whether the write was applied, where the status does not tell. */
  readonly outcome: 'applied' | 'not_applied' | undefined

  constructor(status: number, errors: readonly ErrorItemJson[], { retryAfter, outcome, cause }: FaultFacts = {}) {
    super(errors[0]?.long_message, { cause })
    this.status = status
    this.errors = errors
    this.retryAfter = retryAfter
    this.outcome = outcome
  }
}

/** Makes a fault of one entry. */
export function fault(
  status: number,
  code: string,
  message: string,
  longMessage: string = message,
  meta?: JsonObject,
): Fault {
  return new Fault(status, [{ code, message, long_message: longMessage, ...(meta && { meta }) }])
}

/** Makes the fault of a parameter that is refused. */
export function paramFault(param: string, code: string, message: string, longMessage?: string): Fault {
  return fault(422, code, message, longMessage ?? `${param} ${message}.`, { param_name: param })
}

/** Makes the fault of a resource that is not there. */
export function notFound(what: string, id: string): Fault {
  return fault(404, 'resource_not_found', 'not found', `No ${what} was found with id ${id.slice(0, 80)}`)
}

/** What a storage that cannot do as asked answers; it is certain that nothing was applied, unless said otherwise. */
const storageFaults: Readonly<
  Record<StorageFailure, { status: number; long: string; retryAfter?: number; isUncertain?: true }>
> = {
  full: { status: 507, long: 'The server has no room left to write. Nothing was changed.' },
  read_only: { status: 503, long: 'The server cannot write at present. Nothing was changed.' },
  outdated: {
    status: 503,
    long: 'The data were brought to a newer version than this server knows. Nothing was changed; update the server.',
    retryAfter: 1,
  },
  busy: { status: 503, long: 'The server could not write in time. Nothing was changed; try again.', retryAfter: 1 },
  overloaded: {
    status: 503,
    long: 'Too many questions about many users wait for their turn. Nothing was changed; try again.',
    retryAfter: 1,
  },
  unreachable: {
    status: 503,
    long: 'The server cannot reach its data. Nothing was changed; try again.',
    retryAfter: 1,
  },
  interrupted: {
    status: 503,
    long: 'The server lost its data from sight while it wrote. Read again before you repeat the write.',
    retryAfter: 1,
    isUncertain: true,
  },
}

/** Reads what the rules of the schema and the storage throw as the fault it is on the wire; anything else as it came. */
export function toFault(error: unknown): unknown {
  if (error instanceof StorageError) {
    const { status, long, retryAfter, isUncertain } = storageFaults[error.failure]
    const { errors } = fault(status, `storage_${error.failure}`, 'cannot be stored', long)
    return new Fault(status, errors, { outcome: isUncertain ? undefined : 'not_applied', retryAfter, cause: error })
  }
  if (error instanceof MetadataTooLargeError) {
    const param = metadataParam(error.kind)
    const long = `The given ${param} exceeds the maximum allowed size of ${metadataLimit} bytes (${metadataLimit / 1024} KB).`
    const meta = { param_name: param, bytes: error.bytes ?? null, limit: error.limit, largest: error.largest }
    return fault(422, error.code, 'exceeds allowed size', long, meta as unknown as JsonObject)
  }
  if (error instanceof MetadataInvalidError) {
    const param = error.kind ? metadataParam(error.kind) : 'metadata'
    const items = error.issues.map(({ path, message }) => ({
      code: error.code,
      message: 'is invalid',
      long_message: error.message,
      meta: { param_name: param, path: [...path], issue: message },
    }))
    return new Fault(422, items)
  }
  if (error instanceof JsonTextError) {
    if (!error.path) return fault(400, 'request_body_invalid', error.message, `The request body ${error.message}.`)
    const [first = '', ...path] = error.path
    const param = String(first)
    const meta = { param_name: param, path, issue: error.message }
    return fault(422, 'form_param_value_invalid', 'is invalid', `${param}: ${error.message}.`, meta)
  }
  return isAcmeError(error) ? fault(422, error.code, error.message) : error
}
