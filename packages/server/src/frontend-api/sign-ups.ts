import { attemptVerificationBody, prepareBody, signUpBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { notFound } from '../domain/fault.ts'
import {
  attemptSignUp,
  changeSignUp,
  prepareSignUp,
  type SignUpResult,
  signUpJson,
} from '../domain/sign-in/sign-ups.ts'
import { commit } from '../http/commit.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { Transaction } from '../storage/storage.ts'
import { envelope } from './envelope.ts'
import {
  ensureClient,
  type FrontendContext,
  type FrontendEnv,
  repeatableOf,
  requireCaller,
  requireClient,
} from './frontend-env.ts'

/** `/v1/client/sign_ups`. */
export function signUps(instance: Instance): Hono<FrontendEnv> {
  const run = async (c: FrontendContext, makePlan: () => Promise<Transaction<SignUpResult>>) => {
    const done = await commit(instance, {
      makePlan,
      toReply: ({ signUp, fault }) => ({ json: signUpJson(signUp), fault }),
      repeatable: await repeatableOf(c),
      subject: { collection: 'signUps', toRow: ({ signUp }) => signUp, toResult: (signUp) => ({ signUp }) },
    })
    if (done.fault) throw done.fault
    if (done.result?.token) c.env.token = done.result.token
    return envelope(instance, c, done)
  }

  return new Hono<FrontendEnv>()
    .post('/', async (c) => {
      const body = validate(signUpBody, c.env.params, 'frontend')
      await ensureClient(instance, c)
      return run(c, () => changeSignUp(instance, requireCaller(c), body))
    })
    .get('/:id', async (c) => {
      const id = c.req.param('id')
      const signUp = await instance.storage.find('signUps', id)
      if (signUp?.clientId !== requireClient(c).id) throw notFound('sign up', id)
      return envelope(instance, c, { json: signUpJson(signUp) })
    })
    .patch('/:id', async (c) => {
      const body = validate(signUpBody, c.env.params, 'frontend')
      return run(c, () => changeSignUp(instance, requireCaller(c), body, c.req.param('id')))
    })
    .post('/:id/prepare_verification', async (c) => {
      validate(prepareBody, c.env.params, 'frontend')
      return run(c, () => prepareSignUp(instance, requireCaller(c), c.req.param('id')))
    })
    .post('/:id/attempt_verification', async (c) => {
      const { code } = validate(attemptVerificationBody, c.env.params, 'frontend')
      return run(c, () => attemptSignUp(instance, requireCaller(c), c.req.param('id'), code))
    })
}
