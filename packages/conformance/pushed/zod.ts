import { defineMetadata } from '@acme/schema'
import { zodCodecs } from '@acme/schema/zod'
import * as z from 'zod'

const date = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
})
const named = z.object({ name: z.string() })

export const metadata = defineMetadata(
  {
    public: z.object({
      plan: z.enum(['free', 'pro']).default('free'),
      owner: named.and(z.object({ age: z.int() })).optional(),
    }),
    unsafe: z.object({
      theme: z.enum(['light', 'dark']).optional(),
      seenAt: date.optional(),
      list: z.array(named).optional(),
    }),
  },
  { codecs: zodCodecs },
)
export const serverMetadata = metadata.withPrivate(z.looseObject({ note: z.string() }))
