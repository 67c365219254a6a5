import { Hono } from 'hono'
import { fault } from '../domain/fault.ts'
import { jsonResponse } from '../http/reply.ts'
import type { Instance } from '../instance.ts'
import { ensureClient, type FrontendEnv } from './frontend-env.ts'

/**
 * `/v1/dev_browser`: makes a client for a page of another site, where no cookie would get through. Its token travels
 * in the query, which only test instances take.
 */
export function devBrowser(instance: Instance): Hono<FrontendEnv> {
  return new Hono<FrontendEnv>().post('/', async (c) => {
    if (instance.instanceType !== 'test') {
      const long = 'Only test instances have development browsers.'
      throw fault(400, 'request_invalid_for_environment', 'not allowed here', long)
    }
    c.env.client = undefined
    await ensureClient(instance, c)
    const id = c.env.token
    // Handed over here, and not as a cookie besides.
    c.env.token = undefined
    return jsonResponse(JSON.stringify({ id }), 200)
  })
}
