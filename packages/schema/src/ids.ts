import { AcmeError } from './errors.ts'

/** The prefix of each kind of id. */
export const idPrefixes = {
  user: 'user',
  emailAddress: 'idn',
  session: 'sess',
  client: 'client',
  signUp: 'sua',
  signIn: 'sia',
  signInToken: 'sit',
  invitation: 'inv',
  jwtTemplate: 'jtmp',
  instance: 'ins',
  webhookEndpoint: 'ep',
  webhookEvent: 'msg',
  job: 'job',
} as const

/** A thing that has an id. */
export type IdKind = keyof typeof idPrefixes

const form = /^[A-Za-z0-9]{1,64}$/

/** Tells whether a text has the form of an id of this kind: its prefix, `_`, and letters or digits. */
export function isId(kind: IdKind, id: unknown): id is string {
  const prefix = `${idPrefixes[kind]}_`
  return typeof id === 'string' && id.startsWith(prefix) && form.test(id.slice(prefix.length))
}

/**
 * Refuses a text that is not an id of this kind, so that it never reaches a URL.
 *
 * @throws {@link AcmeError} `id_invalid`
 */
export function assertId(kind: IdKind, id: unknown): asserts id is string {
  if (!isId(kind, id)) {
    throw new AcmeError({
      code: 'id_invalid',
      message: `Not the id of a ${kind}: it is ${idPrefixes[kind]}_ followed by letters and digits.`,
    })
  }
}
