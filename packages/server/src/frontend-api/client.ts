import { Hono } from 'hono'
import { endClientSessions } from '../domain/sign-in/sessions.ts'
import type { Instance } from '../instance.ts'
import { clientJson } from './client-json.ts'
import { envelope } from './envelope.ts'
import { ensureClient, type FrontendContext, type FrontendEnv } from './frontend-env.ts'

/** `/v1/client`: the browser that asks. */
export function client(instance: Instance): Hono<FrontendEnv> {
  const endAll = async (c: FrontendContext) => {
    if (c.env.client && c.env.client.sessionIds.length > 0) {
      await instance.storage.transact(endClientSessions(instance, c.env.client, c.env.client.sessionIds, 'removed'))
    }
    return envelope(instance, c, { json: null })
  }

  const make = async (c: FrontendContext) => {
    const row = await ensureClient(instance, c)
    return envelope(instance, c, { json: await clientJson(instance, row, c.env.origin) })
  }

  return new Hono<FrontendEnv>()
    .get('/', async (c) => {
      const json = c.env.client ? await clientJson(instance, c.env.client, c.env.origin) : null
      return envelope(instance, c, { json })
    })
    .put('/', make)
    .post('/', make)
    .delete('/', endAll)
    .delete('/sessions', endAll)
}
