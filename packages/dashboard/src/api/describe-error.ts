import { ApiError, isAcmeError } from '@acme/schema'

/** An error in words for the person who meets it. */
export interface ErrorWords {
  readonly title: string
  /** What to do, or what the server said. */
  readonly detail: string
  /** The server's name of the request. */
  readonly traceId: string | undefined
  /** Whether the same may fare better later. */
  readonly retryable: boolean
}

const titles: Readonly<Record<string, string>> = {
  network_error: 'The server does not answer',
  timeout: 'The server takes too long',
  resource_not_found: 'Not there',
  too_many_requests: 'Too many requests',
  server_overloaded: 'The server has too much to do',
  secret_key_scope_insufficient: 'This key may not do that',
  dashboard_session_invalid: 'You are signed out',
}

const details: Readonly<Record<string, string>> = {
  network_error: 'It may be stopped or out of reach. What you see may be old; what you changed is kept here.',
  timeout: 'It may be busy. Try again.',
}

/** Says what went wrong. */
export function describeError(error: unknown): ErrorWords {
  if (isLoadFailure(error)) {
    return {
      title: 'This part of the page did not load',
      detail: 'The server may be out of reach, or have another version by now. Nothing you saved is lost.',
      traceId: undefined,
      retryable: true,
    }
  }
  if (!isAcmeError(error))
    return { title: 'Something failed', detail: `${error}`, traceId: undefined, retryable: false }
  const said = error instanceof ApiError ? (error.errors[0]?.longMessage ?? error.message) : error.message
  return {
    title: titles[error.code] ?? 'That did not work',
    detail: details[error.code] ?? said,
    traceId: error.traceId,
    retryable: error.retryable,
  }
}

/** Whether a part of the page itself could not be fetched: each browser says so in words of its own. */
function isLoadFailure(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|importing a module|preload CSS/i.test(error.message)
}
