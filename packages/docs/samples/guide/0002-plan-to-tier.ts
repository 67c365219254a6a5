// #region module
import { defineMetadata } from '@acme/schema'
import { defineMigration } from '@acme/schema/migration'
import * as z from 'zod'

// As it was: a migration is never changed again, whatever becomes of metadata.ts.
const from = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']) }),
  unsafe: z.object({ theme: z.enum(['light', 'dark']).optional() }),
})
const to = defineMetadata({
  public: z.object({ tier: z.int().min(0) }),
  unsafe: z.object({ theme: z.enum(['light', 'dark']).optional() }),
})

export default defineMigration({
  name: '0002-plan-to-tier',
  from,
  to,
  up: ({ publicMetadata: { plan } }) => ({ publicMetadata: { tier: plan === 'pro' ? 1 : 0 } }),
  down: ({ publicMetadata: { tier } }) => ({ publicMetadata: { plan: tier > 0 ? 'pro' : 'free' } }),
})
// #endregion module
