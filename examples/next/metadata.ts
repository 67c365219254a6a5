import { defineMetadata } from '@acme/schema'
import * as z from 'zod'

/** What this app knows of its users: shared with the page, and safe to be. */
export const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']).optional() }),
  unsafe: z.object({ theme: z.enum(['light', 'dark']).optional(), bio: z.string().optional() }),
})

// Types every hook of this app.
declare module '@acme/schema' {
  interface Register {
    metadata: typeof metadata
  }
}
