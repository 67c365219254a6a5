import type { Instance } from '../instance.ts'
import { jsonResponse } from './reply.ts'

/** Answers the public keys that verify session tokens (JWKS, RFC 7517). */
export function jwks(instance: Instance): Response {
  return jsonResponse(JSON.stringify(instance.tokens.jwks), 200)
}
