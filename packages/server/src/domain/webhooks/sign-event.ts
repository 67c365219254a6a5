import { Webhook } from 'standardwebhooks'

/**
 * Makes the headers of an event (the Standard Webhooks specification), under the names that Svix and Clerk use as well.
 * With several secrets there is a signature for each, of which a receiver needs one.
 */
export function signEvent(secrets: readonly string[], eventId: string, body: string): Record<string, string> {
  // Of the machine, not of the instance: a receiver holds it against its own.
  const at = new Date()
  const signature = secrets.map((secret) => new Webhook(secret).sign(eventId, at, body)).join(' ')
  const timestamp = `${Math.floor(at.getTime() / 1_000)}`
  return Object.fromEntries(
    ['webhook', 'svix'].flatMap((name) => [
      [`${name}-id`, eventId],
      [`${name}-timestamp`, timestamp],
      [`${name}-signature`, signature],
    ]),
  )
}
