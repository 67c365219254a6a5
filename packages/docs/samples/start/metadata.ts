import { defineMetadata } from '@acme/schema'
import * as z from 'zod'

export const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']).default('free') }),
  unsafe: z.object({ theme: z.enum(['light', 'dark']).default('light') }),
})

declare module '@acme/schema' {
  interface Register {
    metadata: typeof metadata
  }
}
