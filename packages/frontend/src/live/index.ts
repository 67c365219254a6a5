// The public API of @acme/frontend/live. What is added here is promised to users.
export { liveUpdates } from './live-updates.ts'
