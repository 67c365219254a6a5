import { createFrontend } from '@acme/frontend'
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
})

/** Where the app's own API is. */
export const apiUrl = import.meta.env['VITE_API_URL'] as string
