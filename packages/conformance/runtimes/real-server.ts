// The server that every runtime calls, in a Node of its own. It counts no attempts: all of them come from one address.
import { createPbkdf2Passwords, createServer } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { serve } from '@acme/server/node'

const { ACME_PUBLISHABLE_KEY: publishableKey = '', ACME_SECRET_KEY: secretKey = '', PORT } = process.env
const { fetch } = await createServer({
  storage: createMemoryStorage(),
  publishableKey,
  secretKeys: [secretKey],
  rateLimit: false,
  passwords: createPbkdf2Passwords({ iterations: 1_000 }),
})
console.log((await serve({ fetch, port: Number(PORT) })).url)
