import { docsUrl } from './docs-url.ts'

/**
 * What a failed call did to the server's data: nothing, everything, or it cannot be known because the
 * answer was lost after the request was sent.
 */
export type Outcome = 'not_applied' | 'applied' | 'unknown'

/** What is known of a call that failed. */
export interface CallFacts {
  /** The HTTP status of the last answer, if there was one. */
  readonly status?: number | undefined
  /** The server's name for the request; quote it when asking for help. */
  readonly traceId?: string | undefined
  /** How often the request was sent. @default 0 */
  readonly attempts?: number | undefined
  /** Whether the same call may succeed later, unchanged. @default false */
  readonly retryable?: boolean | undefined
  /** How long the server asks to wait, in seconds. */
  readonly retryAfter?: number | undefined
  /** What the call did to the server's data. @default 'not_applied' */
  readonly outcome?: Outcome | undefined
}

/** What an {@link AcmeError} is made of. */
export interface AcmeErrorOptions extends CallFacts {
  readonly code: string
  readonly message: string
  readonly cause?: unknown
}

/**
 * Base of every error these packages throw. Switch on `code`; where two copies of the package may be
 * loaded, recognize it by {@link isAcmeError} instead of `instanceof`. No error holds a request, a
 * header, a key, a password or a metadata value.
 */
export class AcmeError extends Error {
  override name = 'AcmeError'
  readonly isAcmeError: true = true as const
  /** A stable word for what went wrong; the server's own code where the server said it. */
  declare readonly code: string
  /** Where the code is explained: its cause, and what to do. */
  declare readonly docsUrl: string
  declare readonly status: number | undefined
  declare readonly traceId: string | undefined
  declare readonly attempts: number
  declare readonly retryable: boolean
  declare readonly retryAfter: number | undefined
  declare readonly outcome: Outcome

  /** Takes over every option as a member, so that a subclass only declares its own. */
  constructor(options: AcmeErrorOptions) {
    super(options.message, options)
    Object.assign(
      this,
      { attempts: 0, retryable: false, outcome: 'not_applied', docsUrl: docsUrl(options.code) },
      options,
    )
  }
}

/** Tells whether a value is an error of these packages, whichever copy of them made it. */
export function isAcmeError(value: unknown): value is AcmeError {
  return value instanceof Error && (value as Partial<AcmeError>).isAcmeError === true
}

/** One entry of a server's error reply. */
export interface ApiErrorItem {
  /** A stable word for what was refused, for example `form_identifier_exists`. */
  readonly code: string
  /** What was refused, in a few words. */
  readonly message: string
  /** What was refused and what to do, in a sentence. */
  readonly longMessage: string
  /** The request parameter it is about. */
  readonly param?: string | undefined
}

/** The server answered with an error that has no class of its own. `code` is that of the first entry. */
export class ApiError extends AcmeError {
  override name = 'ApiError'
  declare readonly errors: readonly ApiErrorItem[]

  constructor(options: AcmeErrorOptions & { readonly errors: readonly ApiErrorItem[] }) {
    super(options)
  }
}

/** No usable answer arrived: refused, reset, cut short or not HTTP. */
export class NetworkError extends AcmeError {
  override name = 'NetworkError'
}

/** The time allowed for the call was over before an answer arrived. */
export class TimeoutError extends AcmeError {
  override name = 'TimeoutError'
}

/** The caller's own `AbortSignal` ended the call. */
export class AbortError extends AcmeError {
  override name = 'AbortError'
}
