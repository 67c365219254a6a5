import { createFrontend } from '@acme/frontend'
import { liveUpdates } from '@acme/frontend/live'
import { metadata } from 'example-api-node/metadata'

// Types every hook of this app.
declare module '@acme/schema' {
  interface Register {
    metadata: typeof metadata
  }
}

/** The browser side of the instance. */
export const acme = createFrontend({
  publishableKey: import.meta.env['VITE_ACME_PUBLISHABLE_KEY'] as string,
  metadata,
  // What the app's API changes shows in every open tab by itself.
  live: liveUpdates,
})

/** Where the app's own API is. */
export const apiUrl = import.meta.env['VITE_API_URL'] as string
