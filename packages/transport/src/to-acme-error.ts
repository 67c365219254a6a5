import {
  type AcmeError,
  ApiError,
  type CallFacts,
  type JsonPath,
  type Kind,
  type LooseJson,
  type MemberSize,
  MetadataConflictError,
  MetadataInvalidError,
  MetadataTooLargeError,
} from '@acme/schema'

interface ErrorJson {
  readonly code: string
  readonly message: string
  readonly long_message?: string
  readonly meta?: {
    readonly param_name?: string
    readonly current?: LooseJson
    readonly bytes?: number
    readonly largest?: readonly MemberSize[]
    readonly path?: JsonPath
    readonly issue?: string
  }
}

/** Turns an error reply into the error class that fits it. Anything may stand in the body, HTML as well. */
export function toAcmeError(
  text: string,
  status: number,
  callFacts: CallFacts,
  readUser: ((json: LooseJson) => unknown) | undefined,
): AcmeError {
  let list: readonly ErrorJson[] = []
  let traceId: string | undefined
  try {
    ;({ errors: list, clerk_trace_id: traceId } = JSON.parse(text))
  } catch {}
  // Anything at all in the error pages of what may stand before the server.
  list = Array.isArray(list) ? list.filter((item) => item) : []
  const errors = list.map(({ code, message, long_message: longMessage = message, meta = {} }) => ({
    code,
    message,
    longMessage,
    param: meta.param_name,
  }))
  const { code, longMessage, param } = errors[0] ?? {
    code: 'unexpected_reply',
    longMessage: `the server answered ${status}`,
  }
  const { current, bytes, largest } = list[0]?.meta ?? {}
  const facts = { traceId, ...callFacts, status }
  const kind = /(.+)_metadata$/.exec(`${param}`)?.[1] as Kind | undefined
  if (code === 'version_conflict')
    return new MetadataConflictError({ ...facts, current: current && readUser?.(current) })
  if (kind && code === 'form_param_exceeds_allowed_size')
    return new MetadataTooLargeError({ ...facts, kind, bytes, largest })
  if (kind && code === 'form_param_value_invalid') {
    const issues = list.map(({ meta, message }) => ({ path: meta?.path ?? [], message: meta?.issue ?? message }))
    return new MetadataInvalidError({ ...facts, kind, issues })
  }
  return new ApiError({ ...facts, code, message: longMessage, errors })
}
