// Takes the place of those parts of ky that serve options which the transport never gives: hooks, parameters of the
// search, progress events, bodies that are streams, ways to read a body, unknown options of fetch. `Retry-After` is read
// by the transport's own rule.

import { readRetryAfter } from '../transport/src/retry-after.ts'

// utils/body.js
export const streamResponse = (response: Response): Response => response
export const streamRequest = (request: Request): Request => request

// utils/merge.js
export const deletedParametersSymbol: unique symbol = Symbol()
export const cloneShallow = <T>(value: T): T => value
export const mergeHeaders = (_: unknown, headers?: HeadersInit): Headers => new Headers(headers)
export const mergeHooks = (): object => ({ beforeRequest: [], beforeRetry: [], beforeError: [], afterResponse: [] })

// utils/options.js
export const findUnknownOptions = (): object => ({})
export const hasSearchParameters = (): boolean => false

// utils/is-network-error.js: the transport tells the faults of the network by itself
export default (): boolean => false

// core/retry-timing.js
export const getRetryTimingHeader = (headers: Headers): Headers => headers
export const calculateRetryTimingDelay = (headers: Headers): number => (readRetryAfter(headers) ?? 0) * 1_000

// core/constants.js
export const supportsRequestStreams = false
export const supportsAbortController = true
export const supportsAbortSignal: boolean = !!AbortSignal.any
export const supportsResponseStreams = true
export const supportsFormData = false
export const requestMethods: readonly string[] = ['get', 'post']
export const responseTypes: object = {}
export const maxSafeTimeout = 2_147_483_647
export const stop: unique symbol = Symbol()
export class RetryMarker {}
