import { type CallOptions, type LooseJson, toAppNames } from '@acme/schema'
import type { Call } from '@acme/transport'
import type { Context } from './context.ts'
import { toSendable } from './to-sendable.ts'

/** A sign-up or sign-in under way, whatever it still needs. */
export interface Attempt<Resource> {
  readonly data: { readonly id: string | null; readonly status: string | null }
  /** Sends a step of it, a path in which `:id` stands for its id; gives it as it then is. */
  send(method: Call['method'], step: string, params: object, options?: CallOptions): Promise<Resource>
}

/** Proof by a code sent to the e-mail address. */
export const byCode: { readonly strategy: string } = { strategy: 'email_code' }

/** Reads what sign-ups and sign-ins have in common. */
export function createAttempt<M, Resource>(
  collection: string,
  json: LooseJson | null | undefined,
  context: Context<M>,
  read: (json: LooseJson, context: Context<M>) => Resource,
): Attempt<Resource> {
  const data = { id: null, status: null, ...toAppNames<object>(json ?? {}) }
  return {
    data,
    async send(method, step, given, options) {
      const params = await toSendable(given, context)
      const path = `client/${collection}${step}`.replace(':id', `${data.id}`)
      const reply = await context.call({ ...options, method, path, params })
      return read(reply['response'] as LooseJson, context)
    },
  }
}
