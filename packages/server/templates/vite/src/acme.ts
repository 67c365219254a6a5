import { createFrontend } from '@acme/frontend'
import { metadata } from './metadata.ts'

/** The client of this page. */
export const acme = createFrontend({ publishableKey: import.meta.env['VITE_ACME_PUBLISHABLE_KEY'], metadata })
