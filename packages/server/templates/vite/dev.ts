// What `npm run dev` starts: the user-metadata server, the API of this app, and its page.
import { createBackend } from '@acme/backend'
import { startServer } from '@acme/server/node'
import { createServer } from 'vite'
import { createApi } from './server/api.ts'
import { serverMetadata } from './server/metadata.server.ts'

const acme = await startServer({ directory: '.acme' })
process.env['VITE_ACME_PUBLISHABLE_KEY'] = acme.publishableKey
const vite = await createServer()
await vite.listen()
const pages = vite.resolvedUrls?.local.map((url) => new URL(url).origin) ?? []
const backend = createBackend({ secretKey: acme.secretKey, apiUrl: acme.url, metadata: serverMetadata })
createApi(backend, pages).listen(3001, '127.0.0.1')
vite.printUrls()
