import type { CallOptions, LooseJson } from '@acme/schema'
import type { Context } from './context.ts'

/** The session of the signed-in user. */
export interface Session {
  readonly id: string
  readonly expireAt: Date
  /**
   * Gives a token (JWT, RFC 7519) by which your own server knows the user: send it as
   * `Authorization: Bearer`. It lives for a minute; one that has 10 seconds left, or is older than the newest version
   * of the user that is known here, is renewed first.
   */
  getToken(options?: CallOptions): Promise<string>
}

/** How long a token is used: it lives for 60 seconds. In milliseconds. */
const tokenUse = 50_000

/** Reads a session. */
export function createSession<M>(json: LooseJson, context: Context<M>): Session {
  const id = json['id'] as string
  let token!: Promise<string>
  // Counted from its arrival, not from what it says: the clock of this machine may be wrong.
  let usableUntil = 0
  let usedVersion: number | undefined

  return {
    id,
    expireAt: new Date(json['expire_at'] as number),
    getToken(options) {
      const version = context.version()
      if (version !== usedVersion || Date.now() > usableUntil) {
        usedVersion = version
        usableUntil = Date.now() + tokenUse
        token = context
          .call({ ...options, method: 'POST', path: `client/sessions/${id}/tokens`, sessionId: id })
          .then(({ jwt }) => jwt as string)
        token.catch(() => {
          usableUntil = 0
        })
      }
      return token
    },
  }
}
