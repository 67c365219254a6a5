import { attemptFirstFactorBody, prepareBody, signInBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { paramFault } from '../domain/fault.ts'
import {
  attemptSignIn,
  createSignIn,
  prepareSignIn,
  type SignInResult,
  signInByTicket,
  signInJson,
} from '../domain/sign-ins.ts'
import { commit } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { Transaction } from '../storage/storage.ts'
import { fold } from '../storage/user-text.ts'
import { envelope } from './envelope.ts'
import { ensureClient, type FrontendContext, type FrontendEnv, repeatableOf, requireClient } from './frontend-env.ts'

/** `/v1/client/sign_ins`. */
export function signIns(instance: Instance): Hono<FrontendEnv> {
  const run = async (c: FrontendContext, makePlan: () => Promise<Transaction<SignInResult>>) => {
    const done = await commit(
      instance,
      makePlan,
      ({ signIn, fault }) => ({ json: signInJson(signIn), fault }),
      await repeatableOf(c),
    )
    if (done.fault) throw done.fault
    if (done.result?.token) c.env.token = done.result.token
    return envelope(instance, c, done)
  }

  return new Hono<FrontendEnv>()
    .post('/', async (c) => {
      const { strategy, identifier, password, ticket } = validate(signInBody, c.env.params, 'frontend')
      if (strategy === 'ticket') {
        instance.rateLimiter.check(c.env.prefix && `sign-in ${c.env.prefix}`)
        const used = given('ticket', ticket)
        const client = await ensureClient(instance, c)
        return run(c, () => signInByTicket(instance, client, used))
      }
      if (!identifier)
        throw paramFault('identifier', 'form_param_missing', 'is missing', 'Give an e-mail address or a username.')
      instance.rateLimiter.check(`sign-in ${fold(identifier)}`, c.env.prefix && `sign-in ${c.env.prefix}`)
      const client = await ensureClient(instance, c)
      return run(c, () => createSignIn(instance, client, identifier, password))
    })
    .post('/:id/prepare_first_factor', async (c) => {
      validate(prepareBody, c.env.params, 'frontend')
      return run(c, () => prepareSignIn(instance, requireClient(c), c.req.param('id')))
    })
    .post('/:id/attempt_first_factor', async (c) => {
      const { strategy, code, password } = validate(attemptFirstFactorBody, c.env.params, 'frontend')
      const proof = strategy === 'password' ? { password: given('password', password) } : { code: given('code', code) }
      instance.rateLimiter.check(`sign-in attempt ${c.req.param('id')}`)
      return run(c, () => attemptSignIn(instance, requireClient(c), c.req.param('id'), proof))
    })
}

function given(param: string, value: string | undefined): string {
  if (value === undefined) throw paramFault(param, 'form_param_missing', 'is missing')
  return value
}
