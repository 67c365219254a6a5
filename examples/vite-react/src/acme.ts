import { createFrontend } from '@acme/frontend'
import { metadata } from 'example-api-node/metadata'

/** The browser side of the instance, typed by the app's metadata. */
export const acme = createFrontend({
  publishableKey: import.meta.env['VITE_ACME_PUBLISHABLE_KEY'] as string,
  metadata,
})

/** Where the app's own API is. */
export const apiUrl = import.meta.env['VITE_API_URL'] as string
