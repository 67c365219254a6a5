// The public API of @acme/server/node. What is added here is promised to users.

export { type SealingOptions, sealStorage } from '../storage/sealed/sealed-storage.ts'
export type { Sealer } from '../storage/sealed/sealer.ts'
export { createSealer, type SealingKeys } from './create-sealer.ts'
export { createGuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts'
export { createScryptPasswords } from './scrypt-passwords.ts'
export { type ServeOptions, type Serving, serve } from './serve.ts'
export { type RunningServer, type StartOptions, startServer } from './start-server.ts'
