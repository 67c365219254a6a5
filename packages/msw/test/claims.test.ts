import { createBackend } from '@acme/backend'
import { createFrontend } from '@acme/frontend'
import { defineMetadata } from '@acme/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { createMock } from '../src/node.ts'

const metadata = defineMetadata({ public: z.object({ plan: z.string() }) }, { claims: { plan: 'public.plan' } })
const acme = createMock({ metadata, users: [{ username: 'ada', publicMetadata: { plan: 'pro' } }] })
beforeAll(() => acme.listen({ onUnhandledRequest: 'error', onUnhandledFrame: 'error' } as object))
afterAll(() => acme.close())

test('tokens say what the app has defined, after a reset too', async () => {
  for (let round = 0; round < 2; round++) {
    await acme.signInAs('ada')
    const page = createFrontend({ publishableKey: acme.publishableKey, metadata })
    await page.load()
    const { tokens } = createBackend({ secretKey: acme.secretKey, apiUrl: acme.url, metadata })
    expect((await tokens.verify(`${await page.session?.getToken()}`)).claims.plan).toBe('pro')
    expect(acme.requests.map(({ path }) => path)).not.toContain('/v1/metadata_schemas')
    acme.reset()
  }
})
