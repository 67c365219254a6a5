import { defineMetadata } from '@acme/schema'
import * as z from 'zod'

/** What this app keeps of its users, as far as a page may know: public is read there, unsafe is read and written. */
export const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']).default('free') }),
  unsafe: z.object({ theme: z.enum(['light', 'dark']).default('light') }),
})

// Types every hook of this app.
declare module '@acme/schema' {
  interface Register {
    metadata: typeof metadata
  }
}
