import { defineMetadata } from '@acme/schema'
import * as z from 'zod'

export const metadata = defineMetadata(
  {
    public: z.object({
      plan: z.enum(['free', 'pro']).optional(),
      bio: z.string().optional(),
      seat: z.object({ row: z.int().min(1).max(99) }).optional(),
    }),
    unsafe: z.object({ theme: z.enum(['light', 'dark']).optional(), role: z.string().max(20).optional() }),
  },
  { claims: { plan: 'public.plan', row: 'public.seat.row', theme: 'unsafe.theme' } },
)
export const serverMetadata = metadata.withPrivate(z.looseObject({}))
