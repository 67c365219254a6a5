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
} from '../domain/sign-in/sign-ins.ts'
import { commit } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { Transaction } from '../storage/storage.ts'
import { envelope } from './envelope.ts'
import { ensureCaller, type FrontendContext, type FrontendEnv, repeatableOf, requireCaller } from './frontend-env.ts'

/** `/v1/client/sign_ins`. */
export function signIns(instance: Instance): Hono<FrontendEnv> {
  const run = async (c: FrontendContext, makePlan: () => Promise<Transaction<SignInResult>>) => {
    const done = await commit(instance, {
      makePlan,
      toReply: ({ signIn, fault }) => ({ json: signInJson(signIn), fault }),
      repeatable: await repeatableOf(c),
      subject: { collection: 'signIns', toRow: ({ signIn }) => signIn, toResult: (signIn) => ({ signIn }) },
    })
    if (done.fault) throw done.fault
    if (done.result?.token) c.env.token = done.result.token
    return envelope(instance, c, done)
  }

  return new Hono<FrontendEnv>()
    .post('/', async (c) => {
      const { strategy, identifier, password, ticket } = validate(signInBody, c.env.params, 'frontend')
      if (strategy === 'ticket') {
        const used = given('ticket', ticket)
        const caller = await ensureCaller(instance, c)
        return run(c, () => signInByTicket(instance, caller, used))
      }
      if (!identifier)
        throw paramFault('identifier', 'form_param_missing', 'is missing', 'Give an e-mail address or a username.')
      const caller = await ensureCaller(instance, c)
      return run(c, () => createSignIn(instance, caller, identifier, password))
    })
    .post('/:id/prepare_first_factor', async (c) => {
      validate(prepareBody, c.env.params, 'frontend')
      return run(c, () => prepareSignIn(instance, requireCaller(c), c.req.param('id')))
    })
    .post('/:id/attempt_first_factor', async (c) => {
      const { strategy, code, password } = validate(attemptFirstFactorBody, c.env.params, 'frontend')
      const proof = strategy === 'password' ? { password: given('password', password) } : { code: given('code', code) }
      return run(c, () => attemptSignIn(instance, requireCaller(c), c.req.param('id'), proof))
    })
}

function given(param: string, value: string | undefined): string {
  if (value === undefined) throw paramFault(param, 'form_param_missing', 'is missing')
  return value
}
