// The public API of @acme/backend. What is added here is promised to users.

export type { CallOptions } from '@acme/schema'
export type {
  Authenticate,
  Authenticated,
  AuthenticateOptions,
  Authentication,
  NotAuthenticated,
} from './authenticate.ts'
export type { ClientUser, User, WholeUser } from './backend-user.ts'
export type { BulkOptions, BulkProgress, BulkResult, UserMetadataUpdate, UserUpdateResult } from './bulk-updates.ts'
export { type Backend, createBackend } from './create-backend.ts'
export type { AnyRequest, FetchRequest, NodeRequest } from './find-token.ts'
export type { Job, Jobs, WaitOptions } from './jobs.ts'
export type { BackendOptions } from './options.ts'
export type { SessionClaims, Tokens, VerifyOptions } from './tokens.ts'
export { UpdateStoppedError } from './update-stopped-error.ts'
export type { BulkChange, WhereOptions, WhereProgress, WhereResult } from './update-where.ts'
export type {
  MetadataChange,
  MetadataStep,
  UserChange,
  UserChangeData,
  UserVersion,
  UserVersionData,
} from './user-history.ts'
export type {
  CreateUserFields,
  ModifyOptions,
  PasswordHasher,
  RestoreOptions,
  UpdateUserFields,
  UserChangeParams,
  UserFields,
  UserFilter,
  UserListParams,
  Users,
  WriteOptions,
} from './users.ts'
