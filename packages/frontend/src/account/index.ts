// The public API of @acme/frontend/account. What is added here is promised to users.
export { type Account, createAccount, type DeviceSession } from './account.ts'
export type { AccountHost } from './account-host.ts'
export { createPasswordReset, type PasswordReset } from './password-reset.ts'
