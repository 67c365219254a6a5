import type * as z from 'zod/mini'
import { ask, type Method, type Params } from './door.ts'

const call =
  (method: Method) =>
  async <S extends z.ZodMiniType>(path: string, schema: S, params?: Params): Promise<z.infer<S>> =>
    (await ask(method, path, schema, params)).value

/**
 * Calls of the server, by paths behind `/dashboard/v1/`, or behind `/dashboard/` when they begin with a slash. Each checks the
 * form of the reply, and throws an `AcmeError` for what was refused.
 *
 * @example
 * const { versions } = await api.get('metadata_schemas', metadataSchemasListJson)
 */
export const api = {
  get: call('GET'),
  post: call('POST'),
  put: call('PUT'),
  patch: call('PATCH'),
  delete: call('DELETE'),
}
