// What both clients build on. Private: bundled into them, never published. What needs ky is the entry ./http alone, since
// loading ky has Node load all of its fetch.
export type { Call, Reply } from './call.ts'
export { defaultTotalTimeout } from './default-timeouts.ts'
export { freezeJson } from './freeze-json.ts'
export type { Http, HttpOptions } from './http.ts'
export { modify } from './modify.ts'
export { readRetryAfter } from './retry-after.ts'
