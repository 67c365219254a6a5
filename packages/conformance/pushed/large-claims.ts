import { defineMetadata } from '@acme/schema'
import * as z from 'zod'

export const metadata = defineMetadata(
  { public: z.object({ bio: z.string().optional(), plan: z.enum(['free', 'pro']).optional() }) },
  { claims: { bio: 'public.bio', plan: 'public.plan' } },
)
