import { findTemplate } from '../domain/claims/jwt-templates.ts'
import type { Instance } from '../instance.ts'
import type { TokenSubject } from './session-token.ts'

/** Whom a token speaks for, as far as a request tells. */
type Subject = Omit<TokenSubject, 'rules'>

/** Makes a token of a session, as of now: with the claims that hold, of the user as they are given. */
export async function signSession(instance: Instance, subject: Subject): Promise<string> {
  const rules = await instance.claims.read()
  return instance.tokens.sign({ ...subject, rules }, instance.clock())
}

/** Makes a token by the template of a name. @throws Fault 404 where there is none */
export async function signTemplate(instance: Instance, name: string, subject: Subject): Promise<string> {
  const template = await findTemplate(instance.storage, 'name', name)
  return instance.tokens.signByTemplate(template, subject, instance.clock())
}
