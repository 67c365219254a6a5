// Takes the place of those parts of ky that serve options which the transport never gives: hooks, headers, bodies,
// parameters of the search, progress events, unknown options of fetch, readers of the response. What is never used is not
// made anew for every call. `Retry-After` is read by the transport's own rule.

import { normalizeRetryOptions as normalize } from '../node_modules/ky/distribution/utils/normalize.js'
import { readRetryAfter } from '../src/retry-after.ts'

// utils/body.js
export const streamResponse = (response: Response): Response => response
export const streamRequest = (request: Request): Request => request

// utils/merge.js
const noHooks = { beforeRequest: [], beforeRetry: [], beforeError: [], afterResponse: [] }
export const deletedParametersSymbol: unique symbol = Symbol()
export const cloneShallow = <T>(value: T): T => value
export const mergeHeaders = (): undefined => {}
export const mergeHooks = (): object => noHooks

// utils/normalize.js: ky asks for each attempt anew, lest a hook changed something
const defaults: object = normalize({})
export const normalizeRequestMethod = (method: string): string => method
export const normalizeRetryOptions = (retry: object): object => ('limit' in retry ? retry : { ...defaults, ...retry })

// utils/options.js
const none = {}
export const findUnknownOptions = (): object => none
export const hasSearchParameters = (): boolean => false

// utils/is-network-error.js: the transport tells the faults of the network by itself
export default (): boolean => false

// core/retry-timing.js
export const getRetryTimingHeader = (headers: Headers): Headers => headers
export const calculateRetryTimingDelay = (headers: Headers): number => (readRetryAfter(headers) ?? 0) * 1_000

// core/constants.js
export const maxSafeTimeout = 2_147_483_647
export const stop: unique symbol = Symbol()
export const responseTypes: object = none
export const requestMethods: readonly string[] = []
export const supportsAbortController = true
export const supportsAbortSignal: boolean = !!AbortSignal.any
export const supportsFormData = false
export const supportsRequestStreams = false
export const supportsResponseStreams = false
export class RetryMarker {}

// errors: of a retry that a hook forces, and of a schema that is given; and what wraps a reason that is no error, for us to see
export class ForceRetryError {}
export class SchemaValidationError {}
export const NonError: ErrorConstructor = Error
