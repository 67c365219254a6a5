import { defineMetadata } from '@acme/schema'
import * as z from 'zod'

export const metadata = defineMetadata(
  { public: z.looseObject({ plan: z.string().optional() }) },
  { indexes: ['public.plan'] },
)
export const serverMetadata = metadata.withPrivate(z.looseObject({ customerId: z.string().optional() }), {
  unique: ['private.customerId'],
})
