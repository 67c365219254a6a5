// @ts-check
const express = require('express')
const { createBackend } = require('@acme/backend')
const { defineMetadata, isAcmeError } = require('@acme/schema')
const z = require('zod')

const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']).default('free') }),
  private: z.object({ customerId: z.string().optional() }),
})
const { users, tokens } = createBackend({ metadata }) // ACME_SECRET_KEY, ACME_API_URL
const authorizedParties = [process.env.PAGE_ORIGIN ?? 'http://localhost:5173']

const app = express()

app.post('/api/upgrade', async (request, response) => {
  try {
    const token = request.get('authorization')?.replace(/^Bearer /, '') ?? ''
    const { userId } = await tokens.verify(token, { authorizedParties })
    const user = await users.updateUserMetadata(userId, {
      publicMetadata: { plan: 'pro' }, // the page sees it
      privateMetadata: { customerId: 'cus_1' }, // the page never does
    })
    response.json({ plan: user.publicMetadata.plan })
  } catch (error) {
    response.status(isAcmeError(error) && error.code === 'token_invalid' ? 401 : 502).json({})
  }
})

app.listen(Number(process.env.PORT ?? 3000))
