import { hasScope } from '@acme/schema/wire'
import { Hono } from 'hono'
import { authenticateSecretKey, secretKeyId } from '../auth/secret-key.ts'
import { voucherOf } from '../auth/vouched-requests.ts'
import { VersionConflict } from '../domain/users/change-user.ts'
import type { Answer } from '../http/answer.ts'
import { readApiVersion } from '../http/api-version.ts'
import { conflict } from '../http/conflict.ts'
import { dispatch, throwing } from '../http/dispatch.ts'
import { bodyToCompare, readRepeatable } from '../http/idempotency-key.ts'
import { jwks } from '../http/jwks.ts'
import { readBody } from '../http/read-body.ts'
import type { Instance } from '../instance.ts'
import type { Actor } from '../storage/rows.ts'
import { assertScope } from './assert-scope.ts'
import type { BackendEnv } from './backend-env.ts'
import { bulkAdmission } from './bulk-admission.ts'
import { bulkMetadata } from './bulk-metadata.ts'
import { emailAddresses } from './email-addresses.ts'
import { invitations } from './invitations.ts'
import { jobs } from './jobs.ts'
import { jwtTemplates } from './jwt-templates.ts'
import { metadataMigrations } from './metadata-migrations.ts'
import { metadataSchemas } from './metadata-schemas.ts'
import { overview } from './overview.ts'
import { sessions } from './sessions.ts'
import { signInTokens } from './sign-in-tokens.ts'
import { userHistory } from './user-history.ts'
import { users } from './users.ts'
import { webhookEndpoints } from './webhook-endpoints.ts'

/** What stands behind `/v1/` in the paths of the Backend API. */
const roots: ReadonlySet<string> = new Set([
  'users',
  'email_addresses',
  'invitations',
  'sessions',
  'sign_in_tokens',
  'jwks',
  'metadata_schemas',
  'metadata_migrations',
  'jwt_templates',
  'webhook_endpoints',
  'jobs',
  'overview',
])

/** Whether a path is one of the Backend API. */
export function isBackendPath(path: string): boolean {
  if (!path.startsWith('/v1/')) return false
  const end = path.indexOf('/', 4)
  return roots.has(path.slice(4, end < 0 ? undefined : end))
}

/** Answers requests to the Backend API. */
export type BackendDoor = (request: Request, url: URL, traceId: () => string) => Promise<Answer>

/** The door of the Backend API: lets in whoever has a secret key, or was let in by one elsewhere. */
export function createBackendDoor(instance: Instance): BackendDoor {
  const router = new Hono<BackendEnv>()
    .route('/v1/users', bulkMetadata(instance))
    .route('/v1/users', bulkAdmission(instance))
    .route('/v1/users', users(instance))
    .route('/v1/users', userHistory(instance))
    .route('/v1/email_addresses', emailAddresses(instance))
    .route('/v1/sessions', sessions(instance))
    .route('/v1/sign_in_tokens', signInTokens(instance))
    .route('/v1/invitations', invitations(instance))
    .route('/v1/metadata_schemas', metadataSchemas(instance))
    .route('/v1/metadata_migrations', metadataMigrations(instance))
    .route('/v1/jobs', jobs(instance))
    .route('/v1/overview', overview(instance))
    .route('/v1/jwt_templates', jwtTemplates(instance))
    .route('/v1/webhook_endpoints', webhookEndpoints(instance))
    .get('/v1/jwks', () => jwks(instance))
  throwing(router)

  return async (request, url, traceId) => {
    const caller = await authenticateSecretKey(request, instance.secretKeys)
    const apiVersion = readApiVersion(request, url)
    const { params, text } = await readBody(request)
    const { scopes } = caller
    if (scopes) assertScope(scopes, { method: request.method, path: url.pathname, params })
    instance.noteUse(caller)
    const isRead = request.method === 'GET'
    const key = isRead ? null : request.headers.get('idempotency-key')
    const said = key === null ? '' : bodyToCompare(params, text)
    const repeatable = await readRepeatable(key, caller.digest, `${request.method} ${url.pathname} ${said}`)
    const actor: Actor = {
      side: 'backend',
      keyId: secretKeyId(caller.digest),
      through: voucherOf(request)?.through,
      traceId: isRead ? undefined : traceId(),
      idempotencyKey: repeatable?.id,
    }
    // Who may not read is answered what a page would see.
    const view = !scopes || hasScope(scopes, 'read') ? 'backend' : 'frontend'
    return dispatch(router, request, request.method, { url, params, apiVersion, repeatable, actor, view }).catch(
      (error: unknown) => {
        throw error instanceof VersionConflict ? conflict(error, view, instance.clock()) : error
      },
    )
  }
}
