// The public API of @acme/msw. What is added here is promised to users.
export { createMock, type Mock, type MockOptions } from './create-mock.ts'
export type { MockFault } from './faults.ts'
export type { MockRequest } from './requests.ts'
export type { MockUser, MockUsers, NewMockUser } from './users.ts'
export type { MockWebhook, MockWebhookOptions, MockWebhooks } from './webhooks.ts'
