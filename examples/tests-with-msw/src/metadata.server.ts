import * as z from 'zod'
import { metadata } from './metadata.ts'

/** What only the server knows of a user. The page never imports this file. */
export const serverMetadata = metadata.withPrivate(z.object({ customerId: z.string().optional() }))
