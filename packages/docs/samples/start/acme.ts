import { createFrontend } from '@acme/frontend'
import { metadata } from './metadata.ts'

export const acme = createFrontend({ publishableKey: import.meta.env.VITE_ACME_PUBLISHABLE_KEY, metadata })
