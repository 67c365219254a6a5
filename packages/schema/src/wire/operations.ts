import type * as z from 'zod/mini'
import type { Side } from '../visibility.ts'
import { bulkLimit, bulkMetadataBody, bulkMetadataJson } from './bulk.ts'
import { clientJson } from './client.ts'
import { devBrowserJson, environmentJson, jwksJson, openApiJson } from './environment.ts'
import { restoreMetadataBody, userChangeListJson, userVersionJson } from './history.ts'
import { jobJson, jobsJson } from './job.ts'
import { createJwtTemplateBody, jwtTemplateJson, jwtTemplatesJson, updateJwtTemplateBody } from './jwt-template.ts'
import { deletedJson, totalCountJson, userListJson } from './list.ts'
import { backendMetadataBody, frontendMetadataBody } from './metadata.ts'
import {
  metadataSchemasBody,
  metadataSchemasCheckBody,
  metadataSchemasCheckOrJobJson,
  metadataSchemasListJson,
  metadataSchemasOrJobJson,
} from './metadata-schemas.ts'
import { migrateUserBody, migrationBody, migrationNextBody, migrationNextJson } from './migration.ts'
import { overviewJson } from './overview.ts'
import {
  backendSessionJson,
  createSessionBody,
  sessionActivitiesJson,
  sessionActivityJson,
  sessionJson,
  sessionPageJson,
  sessionTokenBody,
  tokenJson,
  touchBody,
} from './session.ts'
import { attemptFirstFactorBody, prepareFirstFactorBody, resetPasswordBody, signInBody, signInJson } from './sign-in.ts'
import { signInTokenBody, signInTokenJson } from './sign-in-token.ts'
import { attemptVerificationBody, prepareBody, signUpBody, signUpJson } from './sign-up.ts'
import {
  attemptEmailAddressBody,
  backendUserJson,
  changePasswordBody,
  createUserBody,
  emailAddressBody,
  emailAddressJson,
  emptyBody,
  frontendUserJson,
  removePasswordBody,
  removeUserPasswordBody,
  updateMeBody,
  updateUserBody,
  verifiedJson,
  verifyPasswordBody,
} from './user.ts'
import {
  createWebhookEndpointBody,
  replayWebhooksBody,
  rotateWebhookSecretBody,
  updateWebhookEndpointBody,
  webhookDeliveriesJson,
  webhookEndpointJson,
  webhookEndpointsJson,
  webhookReplayJson,
} from './webhook-endpoint.ts'

/** One thing that can be asked of a server. */
export interface Operation {
  readonly side: Side
  readonly method: 'get' | 'post' | 'patch' | 'put' | 'delete'
  /** With names in braces for what stands for one resource: `{id}`. */
  readonly path: string
  /** Its name, unique. */
  readonly id: string
  readonly summary: string
  /** The parameters of the query. */
  readonly query?: readonly string[]
  readonly body?: z.ZodMiniType
  /** None where it sends the browser on. */
  readonly reply?: z.ZodMiniType
  /**
   * How a reply of the Frontend API comes: in the envelope with the client, without a resource in it, bare, or as a stream
   * of events.
   */
  readonly form?: 'envelope' | 'nullable' | 'bare' | 'events'
}

const userFilters = [
  'user_id',
  'external_id',
  'email_address',
  'username',
  'query',
  'email_address_query',
  'username_query',
  'name_query',
  'banned',
  'created_at_before',
  'created_at_after',
  'last_sign_in_at_before',
  'last_sign_in_at_after',
  'last_active_at_before',
  'last_active_at_after',
  'metadata[{kind}][{key}]',
  'metadata_in[{kind}][{key}]',
  'metadata_gt[{kind}][{key}]',
  'metadata_gte[{kind}][{key}]',
  'metadata_lt[{kind}][{key}]',
  'metadata_lte[{kind}][{key}]',
]
const page = ['limit', 'offset']

const user = '/v1/users/{id}'
const session = '/v1/sessions/{id}'

const jwtTemplate = '/v1/jwt_templates/{id}'
const webhookEndpoint = '/v1/webhook_endpoints/{id}'

const backend: readonly Omit<Operation, 'side'>[] = [
  {
    method: 'get',
    path: '/v1/users',
    id: 'listUsers',
    summary: 'Lists users.',
    query: [...userFilters, ...page, 'order_by', 'starting_after', 'acme_starting_at'],
    reply: userListJson,
  },
  {
    method: 'get',
    path: '/v1/users/count',
    id: 'countUsers',
    summary: 'Counts users.',
    query: userFilters,
    reply: totalCountJson,
  },
  {
    method: 'post',
    path: '/v1/users',
    id: 'createUser',
    summary: 'Creates a user.',
    body: createUserBody,
    reply: backendUserJson,
  },
  {
    method: 'patch',
    path: '/v1/users/metadata',
    id: 'updateUsersMetadata',
    summary: `Merges into the metadata of up to ${bulkLimit} users (RFC 7396), each for itself, and tells what became of each.`,
    body: bulkMetadataBody,
    reply: bulkMetadataJson,
  },
  { method: 'get', path: user, id: 'getUser', summary: 'Reads a user.', reply: backendUserJson },
  {
    method: 'patch',
    path: user,
    id: 'updateUser',
    summary:
      'Sets fields of a user; metadata too in versions up to 2025-11-10, and whenever the header acme-version is sent.',
    body: updateUserBody,
    reply: backendUserJson,
  },
  { method: 'delete', path: user, id: 'deleteUser', summary: 'Deletes a user.', reply: deletedJson },
  {
    method: 'patch',
    path: `${user}/metadata`,
    id: 'updateUserMetadata',
    summary: 'Merges into the metadata of a user (RFC 7396).',
    body: backendMetadataBody,
    reply: backendUserJson,
  },
  {
    method: 'put',
    path: `${user}/metadata`,
    id: 'replaceUserMetadata',
    summary: 'Replaces each kind of metadata that is given.',
    body: backendMetadataBody,
    reply: backendUserJson,
  },
  ...(['ban', 'unban', 'lock', 'unlock'] as const).map((verb) => ({
    method: 'post' as const,
    path: `${user}/${verb}`,
    id: `${verb}User`,
    summary: `Has a user ${{ ban: 'banned, and signed out everywhere', unban: 'banned no more', lock: 'locked out for an hour', unlock: 'locked out no more' }[verb]}.`,
    body: emptyBody,
    reply: backendUserJson,
  })),
  {
    method: 'get',
    path: `${user}/changes`,
    id: 'listUserChanges',
    summary: 'Lists what changed about a user and by whom, newest first; before is a version.',
    query: ['limit', 'before'],
    reply: userChangeListJson,
  },
  {
    method: 'get',
    path: `${user}/versions/{version}`,
    id: 'getUserVersion',
    summary: 'Reads the metadata of a user as it was.',
    reply: userVersionJson,
  },
  {
    method: 'post',
    path: `${user}/versions/{version}/restore`,
    id: 'restoreUserMetadata',
    summary: 'Sets the metadata of a user to what it was, by today’s rules.',
    body: restoreMetadataBody,
    reply: backendUserJson,
  },
  {
    method: 'post',
    path: `${user}/verify_password`,
    id: 'verifyPassword',
    summary: 'Checks the password of a user.',
    body: verifyPasswordBody,
    reply: verifiedJson,
  },
  {
    method: 'post',
    path: `${user}/remove_password`,
    id: 'removePassword',
    summary: 'Takes the password of a user away, where another way to sign in is left.',
    body: removeUserPasswordBody,
    reply: backendUserJson,
  },
  {
    method: 'get',
    path: '/v1/sessions',
    id: 'listSessions',
    summary: 'Lists the sessions of a user or a client; a bare array without paginated=true.',
    query: ['user_id', 'client_id', 'status', 'paginated', ...page],
    reply: sessionPageJson,
  },
  {
    method: 'post',
    path: '/v1/sessions',
    id: 'createSession',
    summary: 'Begins a session without a sign-in; test instances only.',
    body: createSessionBody,
    reply: backendSessionJson,
  },
  { method: 'get', path: session, id: 'getSession', summary: 'Reads a session.', reply: backendSessionJson },
  {
    method: 'post',
    path: `${session}/revoke`,
    id: 'revokeSession',
    summary: 'Ends a session.',
    body: emptyBody,
    reply: backendSessionJson,
  },
  {
    method: 'post',
    path: `${session}/tokens`,
    id: 'createBackendSessionToken',
    summary: 'Makes a session token.',
    body: sessionTokenBody,
    reply: tokenJson,
  },
  {
    method: 'post',
    path: `${session}/tokens/{template}`,
    id: 'createBackendTemplateToken',
    summary: 'Makes a token for others, by the template of a name.',
    body: sessionTokenBody,
    reply: tokenJson,
  },
  {
    method: 'get',
    path: '/v1/jwt_templates',
    id: 'listJwtTemplates',
    summary: 'Lists the templates of tokens; a bare array without paginated=true.',
    query: ['paginated', ...page],
    reply: jwtTemplatesJson,
  },
  {
    method: 'post',
    path: '/v1/jwt_templates',
    id: 'createJwtTemplate',
    summary: 'Makes a template of tokens.',
    body: createJwtTemplateBody,
    reply: jwtTemplateJson,
  },
  { method: 'get', path: jwtTemplate, id: 'getJwtTemplate', summary: 'Reads a template.', reply: jwtTemplateJson },
  {
    method: 'patch',
    path: jwtTemplate,
    id: 'updateJwtTemplate',
    summary: 'Changes a template.',
    body: updateJwtTemplateBody,
    reply: jwtTemplateJson,
  },
  {
    method: 'delete',
    path: jwtTemplate,
    id: 'deleteJwtTemplate',
    summary: 'Deletes a template: no token is made by it any more.',
    reply: deletedJson,
  },
  {
    method: 'post',
    path: '/v1/sign_in_tokens',
    id: 'createSignInToken',
    summary: 'Makes a ticket by which a user signs in once.',
    body: signInTokenBody,
    reply: signInTokenJson,
  },
  {
    method: 'post',
    path: '/v1/sign_in_tokens/{id}/revoke',
    id: 'revokeSignInToken',
    summary: 'Takes a ticket back.',
    body: emptyBody,
    reply: signInTokenJson,
  },
  { method: 'get', path: '/v1/jwks', id: 'getJwks', summary: 'Reads the keys of session tokens.', reply: jwksJson },
  {
    method: 'get',
    path: '/v1/metadata_schemas',
    id: 'getMetadataSchemas',
    summary: 'Reads the rules for metadata that hold, and the versions there are.',
    reply: metadataSchemasListJson,
  },
  {
    method: 'put',
    path: '/v1/metadata_schemas',
    id: 'putMetadataSchemas',
    summary: 'Sets the rules for metadata, or goes back to a version.',
    body: metadataSchemasBody,
    reply: metadataSchemasOrJobJson,
  },
  {
    method: 'post',
    path: '/v1/metadata_schemas/check',
    id: 'checkMetadataSchemas',
    summary: 'Tells how many stored users would break rules.',
    body: metadataSchemasCheckBody,
    reply: metadataSchemasCheckOrJobJson,
  },
  {
    method: 'post',
    path: '/v1/metadata_migrations',
    id: 'beginMetadataMigration',
    summary: 'Begins to bring the metadata of all users to another form, or goes on with it. Not a part of Clerk.',
    body: migrationBody,
    reply: jobJson,
  },
  {
    method: 'post',
    path: '/v1/metadata_migrations/{id}/next',
    id: 'nextOfMetadataMigration',
    summary: 'Gives the users who are to be migrated next. Not a part of Clerk.',
    body: migrationNextBody,
    reply: migrationNextJson,
  },
  {
    method: 'put',
    path: '/v1/metadata_migrations/{id}/users/{user_id}',
    id: 'migrateUserMetadata',
    summary: 'Gives a user the new form; one who is through already is left as they are. Not a part of Clerk.',
    body: migrateUserBody,
    reply: backendUserJson,
  },
  {
    method: 'post',
    path: '/v1/metadata_migrations/{id}/finish',
    id: 'finishMetadataMigration',
    summary: 'Takes the new form alone, looks at all users, and enforces it when all have it. Not a part of Clerk.',
    body: emptyBody,
    reply: jobJson,
  },
  {
    method: 'get',
    path: '/v1/overview',
    id: 'getOverview',
    summary: 'Tells how the instance is, and what this process of it did in the last hours. Not a part of Clerk.',
    reply: overviewJson,
  },
  {
    method: 'get',
    path: '/v1/jobs',
    id: 'listJobs',
    summary: 'Lists what is done in the background, and what was in the last thirty days. Not a part of Clerk.',
    reply: jobsJson,
  },
  {
    method: 'get',
    path: '/v1/jobs/{id}',
    id: 'getJob',
    summary: 'Tells how far a job has come. Not a part of Clerk.',
    reply: jobJson,
  },
  {
    method: 'post',
    path: '/v1/jobs/{id}/cancel',
    id: 'cancelJob',
    summary: 'Ends a job before it is done; one that is over stays as it is. Not a part of Clerk.',
    body: emptyBody,
    reply: jobJson,
  },
  {
    method: 'get',
    path: '/v1/webhook_endpoints',
    id: 'listWebhookEndpoints',
    summary: 'Lists the endpoints that events are sent to.',
    reply: webhookEndpointsJson,
  },
  {
    method: 'post',
    path: '/v1/webhook_endpoints',
    id: 'createWebhookEndpoint',
    summary: 'Has events of users sent to a URL.',
    body: createWebhookEndpointBody,
    reply: webhookEndpointJson,
  },
  {
    method: 'get',
    path: webhookEndpoint,
    id: 'getWebhookEndpoint',
    summary: 'Reads an endpoint.',
    reply: webhookEndpointJson,
  },
  {
    method: 'patch',
    path: webhookEndpoint,
    id: 'updateWebhookEndpoint',
    summary: 'Changes an endpoint, pauses it or lets it go on.',
    body: updateWebhookEndpointBody,
    reply: webhookEndpointJson,
  },
  {
    method: 'delete',
    path: webhookEndpoint,
    id: 'deleteWebhookEndpoint',
    summary: 'Sends nothing to an endpoint any more, and forgets what was and was not sent.',
    reply: deletedJson,
  },
  {
    method: 'post',
    path: `${webhookEndpoint}/rotate_secret`,
    id: 'rotateWebhookSecret',
    summary: 'Gives an endpoint a new secret; the one before stays good for a while.',
    body: rotateWebhookSecretBody,
    reply: webhookEndpointJson,
  },
  {
    method: 'post',
    path: `${webhookEndpoint}/replay`,
    id: 'replayWebhooks',
    summary: 'Sends events again: one, those of a time, or those that were given up.',
    body: replayWebhooksBody,
    reply: webhookReplayJson,
  },
  {
    method: 'get',
    path: `${webhookEndpoint}/deliveries`,
    id: 'listWebhookDeliveries',
    summary: 'Lists what was sent, is to be sent, and was given up; newest first.',
    query: ['limit', 'starting_after', 'status'],
    reply: webhookDeliveriesJson,
  },
]

const signUp = '/v1/client/sign_ups/{id}'
const signIn = '/v1/client/sign_ins/{id}'
const clientSession = '/v1/client/sessions/{id}'
const me = '/v1/me'
const myEmailAddress = '/v1/me/email_addresses/{id}'

const frontend: readonly Omit<Operation, 'side'>[] = [
  {
    method: 'get',
    path: '/openapi.json',
    id: 'getOpenApi',
    summary: 'Reads this description.',
    reply: openApiJson,
    form: 'bare',
  },
  {
    method: 'get',
    path: '/.well-known/jwks.json',
    id: 'getPublicJwks',
    summary: 'Reads the keys of session tokens.',
    reply: jwksJson,
    form: 'bare',
  },
  {
    method: 'post',
    path: '/v1/dev_browser',
    id: 'createDevBrowser',
    summary: 'Makes a client whose token travels in the query; test instances only.',
    reply: devBrowserJson,
    form: 'bare',
  },
  {
    method: 'get',
    path: '/v1/client/handshake',
    id: 'handshake',
    summary: 'Sends a browser back to the page it came from, with the cookies that the page’s server needs.',
    query: ['redirect_url', '__clerk_db_jwt'],
  },
  ...(['get', 'patch'] as const).map((method) => ({
    method,
    path: '/v1/environment',
    id: `${method}Environment`,
    summary: 'Reads what the instance is and does.',
    reply: environmentJson,
    form: 'bare' as const,
  })),
  {
    method: 'get',
    path: '/v1/client',
    id: 'getClient',
    summary: 'Reads the client.',
    reply: clientJson,
    form: 'nullable',
  },
  { method: 'put', path: '/v1/client', id: 'putClient', summary: 'Makes the client.', reply: clientJson },
  {
    method: 'delete',
    path: '/v1/client/sessions',
    id: 'deleteClientSessions',
    summary: 'Ends every session of the client.',
    reply: clientJson,
    form: 'nullable',
  },
  {
    method: 'post',
    path: '/v1/client/sign_ups',
    id: 'createSignUp',
    summary: 'Begins a sign-up.',
    body: signUpBody,
    reply: signUpJson,
  },
  { method: 'get', path: signUp, id: 'getSignUp', summary: 'Reads a sign-up.', reply: signUpJson },
  {
    method: 'patch',
    path: signUp,
    id: 'updateSignUp',
    summary: 'Changes a sign-up.',
    body: signUpBody,
    reply: signUpJson,
  },
  {
    method: 'post',
    path: `${signUp}/prepare_verification`,
    id: 'prepareSignUpVerification',
    summary: 'Sends a code.',
    body: prepareBody,
    reply: signUpJson,
  },
  {
    method: 'post',
    path: `${signUp}/attempt_verification`,
    id: 'attemptSignUpVerification',
    summary: 'Tries a code.',
    body: attemptVerificationBody,
    reply: signUpJson,
  },
  {
    method: 'post',
    path: '/v1/client/sign_ins',
    id: 'createSignIn',
    summary: 'Begins a sign-in.',
    body: signInBody,
    reply: signInJson,
  },
  {
    method: 'post',
    path: `${signIn}/prepare_first_factor`,
    id: 'prepareSignInFirstFactor',
    summary: 'Sends a code, to sign in by or to set another password.',
    body: prepareFirstFactorBody,
    reply: signInJson,
  },
  {
    method: 'post',
    path: `${signIn}/attempt_first_factor`,
    id: 'attemptSignInFirstFactor',
    summary: 'Tries a code or a password.',
    body: attemptFirstFactorBody,
    reply: signInJson,
  },
  {
    method: 'post',
    path: `${signIn}/reset_password`,
    id: 'resetPassword',
    summary: 'Sets another password after a code for that, and signs in; other sessions end unless asked otherwise.',
    body: resetPasswordBody,
    reply: signInJson,
  },
  {
    method: 'get',
    path: clientSession,
    id: 'getClientSession',
    summary: 'Reads a session of the client.',
    reply: sessionJson,
  },
  {
    method: 'post',
    path: `${clientSession}/touch`,
    id: 'touchSession',
    summary: 'Makes a session the one in front.',
    body: touchBody,
    reply: sessionJson,
  },
  {
    method: 'post',
    path: `${clientSession}/tokens`,
    id: 'createSessionToken',
    summary: 'Makes a session token.',
    body: touchBody,
    reply: tokenJson,
    form: 'bare',
  },
  {
    method: 'post',
    path: `${clientSession}/tokens/{template}`,
    id: 'createTemplateToken',
    summary: 'Makes a token for others, by the template of a name.',
    body: touchBody,
    reply: tokenJson,
    form: 'bare',
  },
  ...(['end', 'remove'] as const).map((verb) => ({
    method: 'post' as const,
    path: `${clientSession}/${verb}`,
    id: `${verb}Session`,
    summary: 'Ends a session.',
    reply: sessionJson,
  })),
  { method: 'get', path: me, id: 'getMe', summary: 'Reads the signed-in user.', reply: frontendUserJson },
  {
    method: 'get',
    path: `${me}/events`,
    id: 'getMyEvents',
    summary:
      'Tells of the signed-in user with every change, from the version that Last-Event-ID or the query names on.',
    query: ['acme_last_event_id'],
    reply: frontendUserJson,
    form: 'events',
  },
  {
    method: 'patch',
    path: me,
    id: 'updateMe',
    summary: 'Sets fields of the signed-in user; unsafe metadata too in versions up to 2025-11-10.',
    body: updateMeBody,
    reply: frontendUserJson,
  },
  { method: 'delete', path: me, id: 'deleteMe', summary: 'Deletes the signed-in user.', reply: deletedJson },
  {
    method: 'patch',
    path: `${me}/metadata`,
    id: 'updateMyMetadata',
    summary: 'Merges into the unsafe metadata (RFC 7396).',
    body: frontendMetadataBody,
    reply: frontendUserJson,
  },
  {
    method: 'put',
    path: `${me}/metadata`,
    id: 'replaceMyMetadata',
    summary: 'Replaces the unsafe metadata.',
    body: frontendMetadataBody,
    reply: frontendUserJson,
  },
  {
    method: 'post',
    path: `${me}/change_password`,
    id: 'changeMyPassword',
    summary: 'Sets another password, or the first one.',
    body: changePasswordBody,
    reply: frontendUserJson,
  },
  {
    method: 'post',
    path: `${me}/remove_password`,
    id: 'removeMyPassword',
    summary: 'Takes the password away, where another way to sign in is left.',
    body: removePasswordBody,
    reply: frontendUserJson,
  },
  {
    method: 'post',
    path: `${me}/email_addresses`,
    id: 'addMyEmailAddress',
    summary: 'Adds an e-mail address, which is to be verified.',
    body: emailAddressBody,
    reply: emailAddressJson,
  },
  {
    method: 'get',
    path: myEmailAddress,
    id: 'getMyEmailAddress',
    summary: 'Reads an e-mail address.',
    reply: emailAddressJson,
  },
  {
    method: 'post',
    path: `${myEmailAddress}/prepare_verification`,
    id: 'prepareMyEmailAddress',
    summary: 'Sends a code to an e-mail address.',
    body: prepareBody,
    reply: emailAddressJson,
  },
  {
    method: 'post',
    path: `${myEmailAddress}/attempt_verification`,
    id: 'attemptMyEmailAddress',
    summary: 'Verifies an e-mail address by the code.',
    body: attemptEmailAddressBody,
    reply: emailAddressJson,
  },
  {
    method: 'delete',
    path: myEmailAddress,
    id: 'deleteMyEmailAddress',
    summary: 'Deletes an e-mail address, where another way to sign in is left.',
    reply: deletedJson,
  },
  {
    method: 'get',
    path: `${me}/sessions/active`,
    id: 'listMySessions',
    summary: 'Lists the sessions of the signed-in user on all their devices.',
    reply: sessionActivitiesJson,
    form: 'bare',
  },
  {
    method: 'post',
    path: `${me}/sessions/{id}/revoke`,
    id: 'revokeMySession',
    summary: 'Ends a session of the signed-in user on any device.',
    body: emptyBody,
    reply: sessionActivityJson,
  },
]

/** Everything that can be asked of a server. */
export const operations: readonly Operation[] = [
  ...backend.map((operation) => ({ ...operation, side: 'backend' as const })),
  ...frontend.map((operation) => ({ ...operation, side: 'frontend' as const })),
]
