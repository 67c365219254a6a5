import { AcmeError, type MetadataDefinition, type RegisteredMetadata, readJson } from '@acme/schema'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { refusePage } from '../refuse-page.ts'
import { readText } from './read-text.ts'
import { readEvent, type WebhookEvent } from './webhook-event.ts'

/** The most that is read of a request, in bytes: a user with all their metadata and very many addresses. */
const bodyLimit = 1_048_576

/** How a webhook is verified. */
export type VerifyWebhookOptions<M = RegisteredMetadata> = {
  /** The app's metadata, made by `defineMetadata`; it types the user of the event. */
  readonly metadata?: M | undefined
} & (
  | {
      /** The secret of the endpoint, `whsec_…`. */
      readonly secret: string
    }
  | {
      /** The secrets of the endpoint, any of which will do: while it changes there are two. */
      readonly secrets: readonly string[]
    }
)

/**
 * Verifies that a request is an event of your server (the Standard Webhooks specification: HMAC-SHA256, at most five
 * minutes old or ahead, compared in constant time), and reads it. Both header names are taken, `webhook-…` and the
 * `svix-…` that Clerk sends. An event may come more than once, with the same `id`: answer 2xx when it was dealt with.
 *
 * @throws {@link AcmeError} `webhook_secret_invalid`, `webhook_headers_missing`, `webhook_body_used`,
 * `webhook_body_too_large`, `webhook_body_invalid`, `webhook_signature_invalid`, `webhook_timestamp_invalid` or `webhook_event_unknown`
 *
 * @example
 * const event = await verifyWebhook(request, { secret: process.env.ACME_WEBHOOK_SECRET, metadata })
 * if (event.type === 'user.deleted') await forget(event.data.id)
 * else await save(event.data.id, event.data.publicMetadata.plan)
 */
export async function verifyWebhook<M = RegisteredMetadata>(
  request: Request,
  options: VerifyWebhookOptions<M>,
): Promise<WebhookEvent<M>> {
  refusePage()
  const secrets = 'secrets' in options ? options.secrets : [options.secret]
  const verifiers = secrets.map(readSecret)
  if (verifiers.length === 0) throw secretInvalid()
  const { id, headers } = readHeaders(request.headers)
  const text = await readText(request, bodyLimit)
  verify(verifiers, text, headers)
  const event = readEvent<M>(id, parse(text), options.metadata as MetadataDefinition | undefined)
  if (event) return event
  const message = 'The event is genuine and of no kind that this version of @acme/backend knows.'
  throw new AcmeError({ code: 'webhook_event_unknown', message })
}

function readSecret(secret: string): Webhook {
  try {
    return new Webhook(secret)
  } catch {
    throw secretInvalid()
  }
}

function secretInvalid(): AcmeError {
  return new AcmeError({
    code: 'webhook_secret_invalid',
    message: 'Not the secret of an endpoint: it has the form whsec_… and was printed when the endpoint was made.',
  })
}

/** Reads the headers by either name, as those of the specification. */
function readHeaders(headers: Headers): { readonly id: string; readonly headers: Record<string, string> } {
  for (const prefix of ['webhook', 'svix']) {
    const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) => headers.get(`${prefix}-${name}`))
    if (!id || !timestamp || !signature) continue
    // The library would read a number out of what only begins with one.
    if (!/^\d{1,12}$/.test(timestamp)) throw timestampInvalid()
    return {
      id,
      headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature },
    }
  }
  throw new AcmeError({
    code: 'webhook_headers_missing',
    message: 'The request has neither the headers webhook-id, -timestamp and -signature nor those of svix.',
  })
}

/** Verifies by the first secret that fits. */
function verify(verifiers: readonly Webhook[], text: string, headers: Record<string, string>): void {
  let isOffTime = false
  for (const verifier of verifiers) {
    try {
      verifier.verify(text, headers, { jsonParse: false })
      return
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) continue
      isOffTime ||= error.message.includes('timestamp')
    }
  }
  if (isOffTime) throw timestampInvalid()
  throw new AcmeError({
    code: 'webhook_signature_invalid',
    message:
      'The signature does not fit: the secret is another endpoint’s, or the body is not the one that was sent. Verify the raw body, before anything has parsed it.',
  })
}

function timestampInvalid(): AcmeError {
  return new AcmeError({
    code: 'webhook_timestamp_invalid',
    message: 'The request was signed more than five minutes ago or ahead: it is an old one, or a clock is wrong.',
  })
}

function parse(text: string): unknown {
  try {
    return readJson(text)
  } catch {
    return undefined
  }
}
