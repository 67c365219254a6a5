import { defineMetadata } from '@acme/schema'
import * as z from 'zod/mini'

const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})
const named = z.object({ name: z.string() })

export const metadata = defineMetadata({
  public: z.object({
    plan: z._default(z.enum(['free', 'pro']), 'free'),
    owner: z.optional(z.intersection(named, z.object({ age: z.int() }))),
  }),
  unsafe: z.object({
    theme: z.optional(z.enum(['light', 'dark'])),
    seenAt: z.optional(date),
    list: z.optional(z.array(named)),
  }),
  private: z.looseObject({ note: z.string() }),
})
