/**
 * The blocks of ky's `core/Ky.js` that the transport never has entered: hooks, bodies, parameters, progress and readers of
 * what it never asks for. Each is named by the line it begins with, and ends with the brace at its depth.
 */
const neverEntered = [
  // In create: hooks of the beginning and of responses, readers of the result, progress.
  '        for (const hook of initHooks) {',
  '                if (isResponseInstance(response)) {',
  "            if (typeof ky.#options.timeout === 'number' && ky.#options.timeout > maxSafeTimeout) {",
  "            if (typeof ky.#options.totalTimeout === 'number' && ky.#options.totalTimeout > maxSafeTimeout) {",
  '            if (beforeRequestResponse !== undefined) {',
  '            if (ky.#options.onDownloadProgress) {',
  '        for (const [type, mimeType] of Object.entries(responseTypes)) {',
  // In the constructor: addresses that are put together, bodies, parameters.
  "        if (Object.hasOwn(options, 'prefixUrl')) {",
  "        if (typeof this.#input !== 'string' && !(this.#input instanceof URL || this.#input instanceof globalThis.Request)) {",
  "        if (typeof this.#input === 'string') {",
  '        if (supportsRequestStreams) {',
  '        if (this.#options.json !== undefined) {',
  '        if (this.#input instanceof globalThis.Request',
  '        if (hasSearchParameters(this.#options.searchParams)) {',
  "        if (this.#options.onUploadProgress && typeof this.#options.onUploadProgress !== 'function') {",
  // Hooks, and what they alone lead to.
  '        for (const hook of this.#options.hooks.beforeRequest) {',
  '        for (const hook of this.#options.hooks.beforeRetry) {',
  '        for (const hook of this.#options.hooks.beforeError) {',
  '        if (this.#beforeRetryHookErrors.has(error)) {',
  '        if (errorObject instanceof ForceRetryError) {',
  '        if (error instanceof ForceRetryError && error.customRequest) {',
  '            if (isRawNetworkError(error)) {',
  '        if (this.#options.parseJson) {',
] as const

/** Its methods that are called from such blocks alone, or by those that have no effect. */
const neverCalled = [
  'static #normalizeSearchParams(',
  'async #raceBodyRead(',
  '#getBodyReadTimeout(',
  'async #runAfterResponseHooks(',
  '#assignRequest(',
  'async #readResponseText(',
  'async #parseJson(',
  '#getErrorDataTimeout(',
  '#isJsonContentType(',
]

/**
 * What it does with the body of a reply that is no success, which the transport has read by then, and with the progress of
 * what is sent, for which it does not ask.
 */
const withoutEffect = {
  'async #getResponseData(response) {': '',
  '#wrapRequestWithUploadProgress(request, originalBody) {': 'return request',
}

/** Leaves out of ky what is never used. @throws Error where ky was written anew, so that the lists have to be gone through */
export function cutKy(text: string): string {
  let rest = text
  for (const line of neverEntered) rest = cut(rest, line, '')
  for (const name of neverCalled) rest = cut(rest, `    ${name}`, '')
  for (const [line, body] of Object.entries(withoutEffect)) rest = cut(rest, `    ${line}`, `    ${line} ${body} }`)
  return rest
}

function cut(text: string, line: string, instead: string): string {
  const start = text.indexOf(`\n${line}`)
  const indent = /^ */.exec(line)?.[0]
  const end = text.indexOf(`\n${indent}}`, start + 1)
  if (start < 0 || end < 0) throw new Error(`ky is written anew: it has no ${line.trim()}`)
  return `${text.slice(0, start)}\n${instead}${text.slice(text.indexOf('\n', end + 1))}`
}
