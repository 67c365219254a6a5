// The public API of @acme/backend/accounts. What is added here is promised to users.

export type { CallOptions } from '@acme/schema'
export type { BackendOptions } from '../options.ts'
export { type Accounts, createAccounts, type EmailAddressState } from './accounts.ts'
export type { Invitation, InvitationParams, InvitationQuery } from './invitation.ts'
