import type { CallOptions, LooseJson } from '@acme/schema'
import type { Context } from './context.ts'

/** Which token is asked for. */
export interface TokenOptions extends CallOptions {
  /** The name of a template of your server: a token for another service, which your own does not take for a session. */
  readonly template?: string | undefined
}

/** The session of the signed-in user. */
export interface Session {
  readonly id: string
  readonly expireAt: Date
  /**
   * Gives a token (JWT, RFC 7519) by which your own server knows the user: send it as
   * `Authorization: Bearer`. It lives for a minute; one that has 10 seconds left, or is older than the newest version
   * of the user that is known here, is renewed first. One by a template is renewed after 20 seconds.
   */
  getToken(options?: TokenOptions): Promise<string>
}

/** How long a token is used, in milliseconds: it lives for 60 seconds, one by a template for 30 at least. */
const tokenUse = 50_000
const templateUse = 20_000

interface Made {
  readonly version: number | undefined
  readonly until: number
  readonly token: Promise<string>
}

/** Reads a session. */
export function createSession<M>(json: LooseJson, context: Context<M>): Session {
  const id = json['id'] as string
  const known = new Map<string, Made>()

  return {
    id,
    expireAt: new Date(json['expire_at'] as number),
    getToken({ template = '', ...options } = {}) {
      const version = context.version()
      const before = known.get(template)
      // Counted from its arrival, not from what it says: the clock of this machine may be wrong.
      if (before && before.version === version && Date.now() <= before.until) return before.token
      const path = `client/sessions/${id}/tokens${template && `/${encodeURIComponent(template)}`}`
      const token = context.call({ ...options, method: 'POST', path, sessionId: id }).then(({ jwt }) => jwt as string)
      const made = { version, until: Date.now() + (template ? templateUse : tokenUse), token }
      known.set(template, made)
      token.catch(() => {
        if (known.get(template) === made) known.delete(template)
      })
      return token
    },
  }
}
