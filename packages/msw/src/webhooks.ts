import type { WebhookEventType } from '@acme/schema/wire'
import type { Server, WebhookFetch } from '@acme/server'
import { callBackend } from './call-backend.ts'

/** An event that a mock sent, or tried to send. */
export interface MockWebhook {
  /** The same however often it is sent. */
  readonly id: string
  readonly type: WebhookEventType
  /** The body as it was sent; private metadata only where the endpoint asked for it. */
  readonly body: { readonly [member: string]: unknown }
  /** What the app's handler answered; undefined until it has, and for ever where it threw. */
  status: number | undefined
}

/** How events are sent to a handler. */
export interface MockWebhookOptions {
  /** @default all of them */
  readonly types?: readonly WebhookEventType[] | undefined
  /** Whether private metadata is sent, too. @default false */
  readonly includePrivate?: boolean | undefined
  /** What they are signed with. @default {@link MockWebhooks.secret} */
  readonly secret?: string | undefined
}

/** The webhooks of a mock. */
export interface MockWebhooks {
  /** What the handler under test is given to verify them by, unless you have one of your own. */
  readonly secret: string
  /**
   * Sends what happens to users from now on to the app's own handler, as signed requests, without a network.
   *
   * @throws AcmeError with the code of the server's refusal
   *
   * @example
   * await acme.webhooks.to((request) => app.fetch(request))
   */
  to(handler: (request: Request) => Response | Promise<Response>, options?: MockWebhookOptions): Promise<void>
  /** Waits until each event was taken by its handler, or refused once; what was refused is sent again after `advance`. */
  settled(): Promise<void>
  /** What was sent since the last reset, oldest first. */
  readonly sent: readonly MockWebhook[]
}

/** The secret that a mock signs with. */
const webhookSecret = 'whsec_bW9ja193ZWJob29rX3NlY3JldF9ub3RfdG9fYmVfdXNlZA=='

/** What a mock knows of webhooks until it is reset. */
export interface WebhookState {
  readonly sent: MockWebhook[]
  readonly handlers: ((request: Request) => Response | Promise<Response>)[]
}

const address = 'https://app.example/webhooks/'

/** Hands an event to the handler it is for. */
export function sendTo({ sent, handlers }: WebhookState): WebhookFetch {
  return async (request) => {
    const handler = handlers[Number(request.url.slice(address.length))]
    const body = JSON.parse(await request.clone().text())
    const webhook: MockWebhook = {
      id: request.headers.get('webhook-id') ?? '',
      type: body.type,
      body,
      status: undefined,
    }
    sent.push(webhook)
    if (!handler) throw new TypeError('there is no such handler')
    const response = await handler(request)
    webhook.status = response.status
    return response
  }
}

/** Makes the webhooks of a mock, whatever state it is in. */
export function createWebhooks(
  state: () => { readonly webhooks: WebhookState; server(): Promise<Server> },
  backend: { readonly url: string; readonly secretKey: string },
): MockWebhooks {
  return {
    secret: webhookSecret,
    async to(handler, { types, includePrivate = false, secret = webhookSecret } = {}) {
      const { server, webhooks } = state()
      const number = webhooks.handlers.push(handler) - 1
      await callBackend(await server(), backend, 'POST', '/v1/webhook_endpoints', {
        url: `${address}${number}`,
        include_private: includePrivate,
        secret,
        ...(types && { event_types: types }),
      })
    },
    async settled() {
      await (await state().server()).deliverWebhooks()
    },
    get sent() {
      return state().webhooks.sent
    },
  }
}
