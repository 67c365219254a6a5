import type { Instance } from '../instance.ts'
import { jsonResponse } from './reply.ts'

/** Answers the public keys that verify session tokens (JWKS, RFC 7517). */
export async function jwks(instance: Instance): Promise<Response> {
  return jsonResponse(JSON.stringify(await instance.tokens.jwks(instance.clock())), 200)
}
