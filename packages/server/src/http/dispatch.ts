import type { Env, Hono } from 'hono'
import { fault } from '../domain/fault.ts'
import type { Answer } from './answer.ts'

/** Has a router throw what goes wrong behind it, so that hono's own words are never an answer. */
export function throwing<E extends Env>(router: Hono<E>): void {
  router.onError((error) => {
    throw error
  })
  router.notFound(() => {
    throw fault(404, 'resource_not_found', 'not found', 'This server has no such endpoint.')
  })
}

/** Runs a handler with what the door has found out; the body has been read already. */
export async function dispatch<E extends Env>(
  router: Hono<E>,
  request: Request,
  method: string,
  bindings: E['Bindings'],
): Promise<Answer> {
  const meant = method === request.method ? request : new Request(request.url, { method, headers: request.headers })
  return router.fetch(meant, bindings)
}
