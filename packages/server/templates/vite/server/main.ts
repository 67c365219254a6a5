import { createBackend } from '@acme/backend'
import { createApi } from './api.ts'
import { serverMetadata } from './metadata.server.ts'

// ACME_SECRET_KEY and ACME_API_URL are in the environment.
const api = createApi(createBackend({ metadata: serverMetadata }), [`${process.env['PAGE_ORIGIN']}`])
api.listen(Number(process.env['PORT'] ?? 3001))
