import { defineMetadata } from '@acme/schema'
import { defineMigration } from '@acme/schema/migration'
import * as z from 'zod'

const before = defineMetadata({
  public: z.object({ n: z.int(), plan: z.enum(['free', 'pro']), seats: z.int().optional() }),
  private: z.object({ customerId: z.string().optional() }),
  unsafe: z.object({ theme: z.enum(['light', 'dark']).optional(), edits: z.int().optional() }),
})
const after = defineMetadata({
  public: z.object({ tier: z.int(), seats: z.int().optional(), n: z.int() }),
  private: z.object({ customerId: z.string().optional() }),
  unsafe: z.object({ theme: z.enum(['light', 'dark']).optional(), edits: z.int().optional() }),
})

export default defineMigration({
  name: '0002-plan-to-tier',
  from: before,
  to: after,
  up({ publicMetadata: { plan, ...rest } }) {
    return { publicMetadata: { ...rest, tier: plan === 'pro' ? 1 : 0 } }
  },
  down({ publicMetadata: { tier, ...rest } }) {
    return { publicMetadata: { ...rest, plan: tier > 0 ? 'pro' : 'free' } }
  },
})
