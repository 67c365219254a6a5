// @ts-check
const express = require('express')
const { createBackend } = require('@acme/backend')
const { defineMetadata } = require('@acme/schema')
const z = require('zod')

const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']).default('free') }),
  private: z.object({ customerId: z.string().optional() }),
})
const { authenticate, users } = createBackend({ metadata }) // ACME_SECRET_KEY, ACME_API_URL
const authorizedParties = [process.env.PAGE_ORIGIN ?? 'http://localhost:5173']

const app = express()

app.post('/api/upgrade', async (request, response) => {
  const auth = await authenticate(request, { authorizedParties })
  if (!auth.isAuthenticated) return response.status(401).json({ error: auth.reason })
  const user = await users.updateUserMetadata(auth.userId, {
    publicMetadata: { plan: 'pro' }, // the page sees it
    privateMetadata: { customerId: 'cus_1' }, // the page never does
  })
  return response.json({ plan: user.publicMetadata.plan })
})

app.listen(Number(process.env.PORT ?? 3000))
