import { attemptFirstFactorBody, prepareBody, signInBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { paramFault } from '../domain/fault.ts'
import { attemptSignIn, createSignIn, prepareSignIn, type SignInResult, signInJson } from '../domain/sign-ins.ts'
import { commit } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { Transaction } from '../storage/storage.ts'
import { fold } from '../storage/user-text.ts'
import { envelope } from './envelope.ts'
import { ensureClient, type FrontendContext, type FrontendEnv, repeatableOf, requireClient } from './frontend-env.ts'

/** `/v1/client/sign_ins`. */
export function signIns(instance: Instance): Hono<FrontendEnv> {
  const run = async (c: FrontendContext, plan: Transaction<SignInResult>) => {
    const done = await commit(instance, plan, ({ signIn }) => ({ json: signInJson(signIn) }), await repeatableOf(c))
    if (done.result?.fault) throw done.result.fault
    if (done.result?.token) c.env.token = done.result.token
    return envelope(instance, c, done)
  }

  return new Hono<FrontendEnv>()
    .post('/', async (c) => {
      const { identifier, password } = validate(signInBody, c.env.params, 'frontend')
      if (!identifier)
        throw paramFault('identifier', 'form_param_missing', 'is missing', 'Give an e-mail address or a username.')
      instance.rateLimiter.check(`sign-in ${fold(identifier)}`, c.env.prefix && `sign-in ${c.env.prefix}`)
      return run(c, await createSignIn(instance, await ensureClient(instance, c), identifier, password))
    })
    .post('/:id/prepare_first_factor', async (c) => {
      validate(prepareBody, c.env.params, 'frontend')
      return run(c, await prepareSignIn(instance, requireClient(c), c.req.param('id')))
    })
    .post('/:id/attempt_first_factor', async (c) => {
      const { strategy, code, password } = validate(attemptFirstFactorBody, c.env.params, 'frontend')
      const proof = strategy === 'password' ? { password: given('password', password) } : { code: given('code', code) }
      instance.rateLimiter.check(`sign-in attempt ${c.req.param('id')}`)
      return run(c, await attemptSignIn(instance, requireClient(c), c.req.param('id'), proof))
    })
}

function given(param: string, value: string | undefined): string {
  if (value === undefined) throw paramFault(param, 'form_param_missing', 'is missing')
  return value
}
