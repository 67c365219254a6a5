/** An app that uses every package, in TypeScript; it prints `works`. */
export const strangerApp: string = `
import { createBackend } from '@acme/backend'
import { createFrontend } from '@acme/frontend'
import { createMock } from '@acme/msw'
import { defineMetadata, formatPublishableKey, isAcmeError } from '@acme/schema'
import { frontendUserJson } from '@acme/schema/wire'
import { createServer } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { createScryptPasswords } from '@acme/server/node'
import { createSqliteStorage } from '@acme/server/sqlite'
import * as z from 'zod'

const metadata = defineMetadata({ public: z.object({ plan: z.enum(['free', 'pro']) }) })
const secretKey = 'sk_test_0123456789'

async function main(): Promise<void> {
  const publishableKey = formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:1' })
  const server = await createServer({ storage: createMemoryStorage(), publishableKey, secretKeys: [secretKey], passwords: createScryptPasswords() })
  const { users } = createBackend({ secretKey, apiUrl: 'http://127.0.0.1:1', metadata, fetch: (request) => server.fetch(request) })
  const user = await users.createUser({ username: 'ada_lovelace', publicMetadata: { plan: 'pro' } })
  const plan: 'free' | 'pro' = user.publicMetadata.plan
  const frontend = createFrontend({ publishableKey, metadata, fetch: (request) => server.fetch(request) })
  await frontend.load()
  const error: unknown = await users.getUser('user_nobody').catch((reason: unknown) => reason)
  if (!isAcmeError(error) || plan !== 'pro' || frontend.user !== null) throw new Error('it does not work')
  if (!createMock().handlers.length || !frontendUserJson || !createSqliteStorage) throw new Error('an entry is empty')
  console.log('works')
}

void main()
`

/** An app that uses what an older Node runs as CommonJS, too: the SDKs. It prints nothing. */
export const strangerSdkApp: string = `
import { createBackend } from '@acme/backend'
import { verifyWebhook } from '@acme/backend/webhooks'
import { createFrontend } from '@acme/frontend'
import { liveUpdates } from '@acme/frontend/live'
import { defineMetadata } from '@acme/schema'
import * as z from 'zod'

const metadata = defineMetadata({ public: z.object({ plan: z.enum(['free', 'pro']) }) })
const { users } = createBackend({ metadata })
const { user } = createFrontend({ publishableKey: '', metadata, live: liveUpdates })
export const seen: 'free' | 'pro' | undefined = user?.publicMetadata.plan
export const read = async (): Promise<'free' | 'pro'> => (await users.getUser('user_1')).publicMetadata.plan
export const hook = (request: Request) => verifyWebhook(request, { secret: '', metadata })
`
