import type { JsonValue } from '@acme/schema'
import { hasScope, type Operation, operations, type SecretKeyScope, scopeOf, scopeOfMetadata } from '@acme/schema/wire'
import { fault } from '../domain/fault.ts'

interface Route {
  readonly method: string
  readonly path: RegExp
  readonly operation: Operation
}

/** Every operation of the Backend API; what is named stands before what any name stands for. */
const routes: readonly Route[] = operations
  .filter(({ side }) => side === 'backend')
  .sort((a, b) => a.path.split('{').length - b.path.split('{').length)
  .map((operation) => ({
    method: operation.method.toUpperCase(),
    path: new RegExp(`^${operation.path.replace(/\{\w+\}/g, '[^/]+')}$`),
    operation,
  }))

/** The scope that a request needs; null needs none. What is not known as an operation needs the most. */
function neededScope(method: string, path: string, params: JsonValue): SecretKeyScope | null {
  const meant = method === 'HEAD' ? 'GET' : method
  const route = routes.find((one) => one.method === meant && one.path.test(path))
  const scope = route ? scopeOf(route.operation) : 'write'
  return scope === 'metadata' ? scopeOfMetadata(params) : scope
}

/**
 * Refuses what a secret key may not be used for.
 *
 * @throws Fault 403 `insufficient_scope`, which names the scope that is needed
 */
export function assertScope(
  scopes: readonly SecretKeyScope[],
  { method, path, params }: { readonly method: string; readonly path: string; readonly params: JsonValue },
): void {
  const needed = neededScope(method, path, params)
  if (needed === null || hasScope(scopes, needed)) return
  const long = `The secret key has not the scope that this needs: ${needed}. It has: ${scopes.join(', ')}.`
  throw fault(403, 'insufficient_scope', 'insufficient scope', long, { scope: needed })
}
