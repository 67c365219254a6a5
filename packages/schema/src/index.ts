// The public API of @acme/schema. What is added here is promised to users.

// Calls and errors
export type { CallOptions } from './call-options.ts'
// Claims
export type { CheckedClaims, ClaimAt, StandardClaims, TokenClaims } from './claim-types.ts'
export {
  assertClaims,
  type ClaimPaths,
  type ClaimSource,
  claimsCount,
  claimsLimit,
  isReservedClaim,
  readClaim,
} from './claims.ts'
// Typing
export {
  type ClaimOptions,
  defineMetadata,
  type MetadataChecks,
  type MetadataCodecs,
  type MetadataDefinition,
  type MetadataSchemas,
  type WrittenType,
} from './define-metadata.ts'
export { docsBase, docsUrl } from './docs-url.ts'
export {
  AbortError,
  AcmeError,
  type AcmeErrorOptions,
  ApiError,
  type ApiErrorItem,
  type CallFacts,
  isAcmeError,
  NetworkError,
  type Outcome,
  TimeoutError,
} from './errors.ts'
export { type MetadataField, type MetadataParam, metadataField, metadataParam } from './fields.ts'
export { assertId, type IdKind, idPrefixes, isId } from './ids.ts'
export { formatPath, isJsonObject, type JsonArray, type JsonObject, type JsonPath, type JsonValue } from './json.ts'
// Keys and ids
export {
  formatPublishableKey,
  type InstanceType,
  isLoopbackHost,
  isSecretKey,
  type PublishableKey,
  parsePublishableKey,
} from './keys.ts'

// Merging
export { applyMergePatch, diffMetadata, makeMergePatch, mergeMetadata } from './merge-metadata.ts'
export {
  type MemberSize,
  MetadataConflictError,
  MetadataInvalidError,
  type MetadataIssue,
  MetadataTooLargeError,
} from './metadata-errors.ts'
export type { MetadataFilter, ValueFilter } from './metadata-filter.ts'
// Limits and rules
export { metadataLimit } from './metadata-limit.ts'
export type { MetadataOptions, PushedOptions } from './metadata-options.ts'
export type { MetadataPath } from './metadata-path.ts'
export { assertMetadata, isPlainText, metadataDepth, metadataKeys } from './metadata-rules.ts'
export { assertMetadataSize, metadataBytes } from './metadata-size.ts'
export type {
  DeepReadonly,
  MergePatch,
  PatchView,
  ReadMetadata,
  ReadView,
  Refused,
  Register,
  RegisteredMetadata,
  WriteMetadata,
  WriteView,
} from './metadata-types.ts'
export { bodyLimit, JsonTextError, parseJson } from './parse-json.ts'
export { readJson } from './read-json.ts'
// Users
export { type EmailAddress, type LooseJson, toAppNames, toMetadata, toWireNames, type UserData } from './user.ts'
// Who may see and change what
export {
  type Access,
  canRead,
  canWrite,
  type Kind,
  kinds,
  type ReadableKind,
  type Side,
  visibility,
  type WritableKind,
} from './visibility.ts'
