import { emptyBody, signInTokenBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import {
  createSignInToken,
  type MadeSignInToken,
  revokeSignInToken,
  signInTokenJson,
} from '../domain/sign-in/sign-in-tokens.ts'
import { commit } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import { type BackendEnv, reply } from './backend-env.ts'

/** `/v1/sign_in_tokens` of the Backend API. */
export function signInTokens(instance: Instance): Hono<BackendEnv> {
  const show = (made: MadeSignInToken) => ({ json: signInTokenJson(made) })
  return new Hono<BackendEnv>()
    .post('/', async (c) => {
      const { user_id: userId, expires_in_seconds: lifetime } = validate(signInTokenBody, c.env.params, 'backend')
      // Not kept to be repeated: the reply holds the secret, and a token too many runs out by itself.
      const makePlan = () => createSignInToken(instance, userId, lifetime)
      return reply(await commit(instance, { makePlan, toReply: show, repeatable: undefined }))
    })
    .post('/:id/revoke', async (c) => {
      validate(emptyBody, c.env.params, 'backend')
      const makePlan = () => revokeSignInToken(instance, c.req.param('id'))
      return reply(await commit(instance, { makePlan, toReply: show, repeatable: c.env.repeatable }))
    })
}
