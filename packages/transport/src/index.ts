// What both clients build on. Private: bundled into them, never published.
export type { Call, Reply } from './call.ts'
export { createHttp, defaultTotalTimeout, type Http, type HttpOptions } from './http.ts'
export { modify } from './modify.ts'
