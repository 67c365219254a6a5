import type { CallOptions } from '@acme/schema'
import type { Call, Http, Reply } from '@acme/transport'

/** What is known of the server at the other end. */
export interface Server {
  /** Whether a reply has shown that it is `@acme/server`, which honors idempotency keys and atomic updates. */
  isAcme(): boolean
  /** Finds out by a cheap read where no reply has shown it yet. */
  discover(options: CallOptions): Promise<boolean>
}

/** Watches the replies for the header by which `@acme/server` makes itself known. */
export function watchServer(http: Http): { readonly http: Http; readonly server: Server } {
  let isAcme: boolean | undefined
  async function send(call: Call): Promise<Reply> {
    const reply = await http.send(call)
    isAcme = reply.headers.has('acme-version')
    return reply
  }
  return {
    http: { send },
    server: {
      isAcme: () => isAcme === true,
      async discover({ signal, timeout, totalTimeout }) {
        if (isAcme === undefined) {
          await send({ method: 'GET', path: 'jwks', isRead: true, signal, timeout, totalTimeout })
        }
        return isAcme === true
      },
    },
  }
}
