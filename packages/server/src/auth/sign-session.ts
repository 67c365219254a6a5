import type { Instance } from '../instance.ts'
import type { TokenSubject } from './session-token.ts'

/** Makes a token of a session, as of now: with the claims that hold, of the user as they are given. */
export async function signSession(instance: Instance, subject: Omit<TokenSubject, 'rules'>): Promise<string> {
  const rules = await instance.claims.read()
  return instance.tokens.sign({ ...subject, rules }, instance.clock())
}
