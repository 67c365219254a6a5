import * as z from 'zod'
import { metadata } from './metadata.ts'

export const serverMetadata = metadata.withPrivate(z.object({ customerId: z.string().optional() }))
