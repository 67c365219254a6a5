import { attemptFirstFactorBody, prepareFirstFactorBody, resetPasswordBody, signInBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { notFound, paramFault } from '../domain/fault.ts'
import { resetPassword } from '../domain/sign-in/reset-password.ts'
import {
  attemptSignIn,
  createSignIn,
  prepareSignIn,
  type SignInResult,
  signInByTicket,
  signInJson,
} from '../domain/sign-in/sign-ins.ts'
import { createOwnerWatch } from '../domain/users/owner-watch.ts'
import { commit } from '../http/commit.ts'
import { isSet } from '../http/form-flag.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import type { Transaction } from '../storage/storage.ts'
import { envelope } from './envelope.ts'
import {
  ensureCaller,
  type FrontendContext,
  type FrontendEnv,
  repeatableOf,
  requireCaller,
  requireClient,
} from './frontend-env.ts'

const resetStrategy = 'reset_password_email_code'

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
      return run(c, async () => {
        const plan = await createSignIn(instance, caller, identifier, password)
        // Clerk's clients begin a reset and ask for its code at once.
        if (strategy !== resetStrategy || password !== undefined) return plan
        const { signIn } = await instance.storage.transact(plan)
        return prepareSignIn(instance, caller, signIn.id, strategy)
      })
    })
    .get('/:id', async (c) => {
      const id = c.req.param('id')
      const signIn = await instance.storage.find('signIns', id)
      if (signIn?.clientId !== requireClient(c).id) throw notFound('sign in', id)
      return envelope(instance, c, { json: signInJson(signIn) })
    })
    .post('/:id/prepare_first_factor', async (c) => {
      const { strategy } = validate(prepareFirstFactorBody, c.env.params, 'frontend')
      return run(c, () => prepareSignIn(instance, requireCaller(c), c.req.param('id'), strategy))
    })
    .post('/:id/attempt_first_factor', async (c) => {
      const { strategy, code, password } = validate(attemptFirstFactorBody, c.env.params, 'frontend')
      const proof =
        strategy === 'password' ? { password: given('password', password) } : { code: given('code', code), strategy }
      return run(c, () => attemptSignIn(instance, requireCaller(c), c.req.param('id'), proof))
    })
    .post('/:id/reset_password', async (c) => {
      const body = validate(resetPasswordBody, c.env.params, 'frontend')
      const { password, sign_out_of_other_sessions: flag = true } = body
      const reset = { password, endsOtherSessions: isSet(flag) }
      const owner = createOwnerWatch(instance)
      const plan = () => resetPassword(instance, requireCaller(c), c.req.param('id'), reset)
      const response = await run(c, async () => owner.watched(await plan()))
      await owner.tell()
      return response
    })
}

function given(param: string, value: string | undefined): string {
  if (value === undefined) throw paramFault(param, 'form_param_missing', 'is missing')
  return value
}
