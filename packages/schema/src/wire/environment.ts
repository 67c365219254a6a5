import * as z from 'zod/mini'
import { jsonObject } from './json-object.ts'

/** Reply of `GET /v1/environment`: what an instance is and does, and under `acme` what it adds to Clerk's wire. */
export const environmentJson = z.object({
  auth_config: z.looseObject({
    id: z.string(),
    object: z.literal('auth_config'),
    single_session_mode: z.boolean(),
    test_mode: z.boolean(),
  }),
  display_config: z.looseObject({ id: z.string(), object: z.literal('display_config'), application_name: z.string() }),
  user_settings: z.object({
    attributes: jsonObject,
    social: jsonObject,
    actions: z.object({ delete_self: z.boolean(), create_organization: z.boolean() }),
    sign_in: jsonObject,
    sign_up: jsonObject,
    password_settings: z.object({ min_length: z.int(), max_length: z.int() }),
  }),
  organization_settings: z.object({ enabled: z.boolean() }),
  maintenance_mode: z.boolean(),
  acme: z.object({ version: z.string(), features: z.array(z.string()) }),
})

/** Reply of `GET /v1/jwks`: the public keys of session tokens (JWKS, RFC 7517). */
export const jwksJson = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('RSA'),
      n: z.string(),
      e: z.string(),
      use: z.literal('sig'),
      alg: z.literal('RS256'),
      kid: z.string(),
    }),
  ),
})

/** Reply of `GET /openapi.json`: the description of the wire (OpenAPI 3.1). */
export const openApiJson = z.looseObject({ openapi: z.literal('3.1.0'), paths: jsonObject })

/** Reply of `POST /v1/dev_browser`. */
export const devBrowserJson = z.object({ id: z.string() })
