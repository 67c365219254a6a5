// The public API of @acme/backend/webhooks. What is added here is promised to users.

export { type VerifyWebhookOptions, verifyWebhook } from './verify-webhook.ts'
export type {
  UserCreatedEvent,
  UserDeletedEvent,
  UserUpdatedEvent,
  WebhookEvent,
  WebhookEventType,
  WebhookUser,
} from './webhook-event.ts'
