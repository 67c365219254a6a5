import { changePasswordBody, removePasswordBody } from '@acme/schema/wire'
import { Hono } from 'hono'
import { changePassword, removeOwnPassword } from '../domain/users/change-password.ts'
import { isSet } from '../http/form-flag.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'
import { changeMe } from './change-me.ts'
import { type FrontendEnv, requireCaller } from './frontend-env.ts'

/** `/v1/me/change_password` and `/v1/me/remove_password`. */
export function myPassword(instance: Instance): Hono<FrontendEnv> {
  return new Hono<FrontendEnv>()
    .post('/change_password', async (c) => {
      const body = validate(changePasswordBody, c.env.params, 'frontend')
      const change = {
        current: body.current_password,
        next: body.new_password,
        endsOtherSessions: isSet(body.sign_out_of_other_sessions),
      }
      return changeMe(instance, c, (session) => changePassword(instance, requireCaller(c), session, change))
    })
    .post('/remove_password', async (c) => {
      const { current_password: current } = validate(removePasswordBody, c.env.params, 'frontend')
      return changeMe(instance, c, ({ userId }) => removeOwnPassword(instance, requireCaller(c), userId, current))
    })
}
