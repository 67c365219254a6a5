import * as z from 'zod/mini'
import { timestamp } from './json-object.ts'
import { sessionJson } from './session.ts'
import { signInJson } from './sign-in.ts'
import { signUpJson } from './sign-up.ts'

/** One browser: its sessions, and the sign-up or sign-in under way. */
export const clientJson = z.object({
  id: z.string(),
  object: z.literal('client'),
  sessions: z.array(sessionJson),
  sign_in: z.nullable(signInJson),
  sign_up: z.nullable(signUpJson),
  last_active_session_id: z.nullable(z.string()),
  last_authentication_strategy: z.nullable(z.string()),
  cookie_expires_at: z.nullable(timestamp),
  captcha_bypass: z.boolean(),
  created_at: timestamp,
  updated_at: timestamp,
})
export type ClientJson = z.infer<typeof clientJson>

/** The envelope of every Frontend API reply: the resource asked for, and the client it changed. */
export interface EnvelopeJson<Resource> {
  readonly response: Resource
  readonly client: ClientJson | null
}
