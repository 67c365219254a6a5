// What both clients build on. Private: bundled into them, never published. What needs ky are the entries
// ./http and ./try-again alone, since loading ky has Node load all of its fetch.
export type { Call, Reply } from './call.ts'
export { defaultTotalTimeout } from './default-timeouts.ts'
export { freezeJson } from './freeze-json.ts'
export { modify } from './modify.ts'
export { readRetryAfter } from './retry-after.ts'
export { createSender, type Http, type HttpOptions } from './sender.ts'
export type { TryAgain } from './try-again.ts'
