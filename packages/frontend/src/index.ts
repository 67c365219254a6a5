// The public API of @acme/frontend. What is added here is promised to users.

export type { CallOptions } from '@acme/schema'
export { createFrontend, type Frontend, type Snapshot } from './create-frontend.ts'
export { type ClientTokenStore, fetchWithoutCookies } from './fetch-without-cookies.ts'
export { keepSessionCookie } from './keep-session-cookie.ts'
export type { LiveHost, LiveUpdates } from './live-host.ts'
export type { FrontendOptions } from './options.ts'
export type { Session, TokenOptions } from './session.ts'
export type { SignIn } from './sign-in.ts'
export type { SignUp, SignUpFields } from './sign-up.ts'
export type { Change, ModifyOptions, User, UserFields, WriteOptions } from './user.ts'
