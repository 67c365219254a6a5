import { defineMetadata } from '@acme/schema'
import * as z from 'zod'

// #region declare
export const serverMetadata = defineMetadata(
  {
    public: z.object({ plan: z.enum(['free', 'pro']).optional(), seats: z.number().optional() }),
    private: z.object({ stripeCustomerId: z.string().optional(), trialEndsAt: z.iso.datetime().optional() }),
  },
  {
    indexes: ['public.plan', 'public.seats', 'private.trialEndsAt'],
    unique: ['private.stripeCustomerId'],
  },
)
// #endregion declare
