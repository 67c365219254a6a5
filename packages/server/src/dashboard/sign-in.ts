import { dashboardSignInBody } from '@acme/schema/wire'
import { digest } from '../auth/digest.ts'
import { assertSecretKey } from '../auth/secret-key.ts'
import { beginSession, exchangeCode } from '../domain/dashboard/dashboard-sessions.ts'
import { fault } from '../domain/fault.ts'
import { spend } from '../domain/sign-in/attempts.ts'
import { perNetwork } from '../domain/sign-in/tries.ts'
import { clientPrefix } from '../http/client-prefix.ts'
import { readBody } from '../http/read-body.ts'
import type { RequestInfo } from '../http/request-info.ts'
import { validate } from '../http/validate.ts'
import type { Instance } from '../instance.ts'

/**
 * Begins a session by what a request carries, a secret key or a code; gives its token. Each try is counted before it is
 * made, by the part of the network it comes from.
 *
 * @throws Fault 401, 422 or 429
 */
export async function signIn(instance: Instance, request: Request, info: RequestInfo): Promise<string> {
  const { secret_key: key, code } = validate(dashboardSignInBody, (await readBody(request)).params, 'backend')
  const from = clientPrefix(info.remoteAddress)
  await spend(instance, await perNetwork(instance.limits.network.password, 'dashboard', from))
  if (code !== undefined) {
    const begun = await exchangeCode(instance, code)
    if (begun) {
      await assertSecretKey(begun.keyDigest, instance.secretKeys)
      return begun.token
    }
    const long = 'The code was used already, or its time is over: open the link again where it came from.'
    throw fault(401, 'dashboard_code_invalid', 'is no code any more', long)
  }
  if (key === undefined) throw fault(422, 'form_data_missing', 'missing data', 'Give a secret key.')
  const given = await digest(key)
  await assertSecretKey(given, instance.secretKeys)
  return beginSession(instance, given)
}
