import { defineMetadata } from '@acme/schema'
import { type } from 'arktype'

const named = type({ name: 'string' })

export const metadata = defineMetadata({
  public: type({ 'plan?': "'free' | 'pro'", 'owner?': named.and({ age: 'number.integer' }) }),
  unsafe: type({ 'theme?': "'light' | 'dark'", 'seenAt?': 'string.date.iso', 'list?': named.array() }),
  private: type({ note: 'string', '[string]': 'unknown' }),
})
