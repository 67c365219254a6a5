import { defineMetadata } from '@acme/schema'
import * as v from 'valibot'

const named = v.object({ name: v.string() })

export const metadata = defineMetadata({
  public: v.object({
    plan: v.optional(v.picklist(['free', 'pro']), 'free'),
    owner: v.optional(v.intersect([named, v.object({ age: v.pipe(v.number(), v.integer()) })])),
  }),
  unsafe: v.object({
    theme: v.optional(v.picklist(['light', 'dark'])),
    seenAt: v.optional(v.pipe(v.string(), v.isoTimestamp())),
    list: v.optional(v.array(named)),
  }),
  private: v.looseObject({ note: v.string() }),
})
