// The public API of @acme/server. What is added here is promised to users.
export type { LogEntry } from './app.ts'
export type { Argon2Parameters, Derivations, ScryptParameters } from './auth/foreign-hashes/derivations.ts'
export type { Passwords } from './auth/passwords.ts'
export { createPbkdf2Passwords, type Pbkdf2Options } from './auth/pbkdf2-passwords.ts'
export { createSigningKey } from './auth/session-token.ts'
export { createTurnstile, type TurnstileOptions } from './auth/turnstile.ts'
export { createServer, type RateLimit, type Server, type ServerOptions, type SignUpOptions } from './create-server.ts'
export type { Captcha, CodeMessage, Notice, SignUpMode } from './domain/deps.ts'
export type { WebhookFetch } from './domain/webhooks/attempt.ts'
export type { WebhookTimings } from './domain/webhooks/timings.ts'
export type { FaultReport } from './http/fault-report.ts'
export type { RequestInfo } from './http/request-info.ts'
export type { LiveOptions } from './live/live.ts'
export type { JobOptions } from './start-jobs.ts'
export type { WebhookOptions } from './start-webhooks.ts'
export type { DeliveryQuery } from './storage/delivery-query.ts'
export type {
  Actor,
  ChangeRow,
  Collection,
  MetadataChange,
  MetadataStep,
  Rows,
  UserRow,
  WebhookDeliveryRow,
} from './storage/rows.ts'
export type {
  ChangePage,
  Decision,
  Key,
  Snapshot,
  Storage,
  StorageFacts,
  Transaction,
  UserFilter,
  UserOrder,
  UserQuery,
  Write,
} from './storage/storage.ts'
export { StorageError, type StorageFailure } from './storage/storage-error.ts'
