import * as z from 'zod'
import { metadata } from './metadata.ts'

/** What only the server knows of a user, besides. No file of the page imports this one. */
export const serverMetadata = metadata.withPrivate(z.object({ customerId: z.string().optional() }))
