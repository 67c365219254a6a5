import { createApi } from './create-api.ts'
import { openUserCopies } from './user-copies.ts'

function needed(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`Set ${name}; .acme/keys.env of the server has it.`)
  return value
}

const secret = process.env['ACME_WEBHOOK_SECRET']

createApi({
  secretKey: needed('ACME_SECRET_KEY'),
  apiUrl: needed('ACME_API_URL'),
  webhooks: secret ? { secret, copies: openUserCopies(process.env['DATABASE'] ?? 'users.db') } : undefined,
  pageOrigin: process.env['PAGE_ORIGIN'] ?? 'http://127.0.0.1:5173',
}).listen(Number(process.env['PORT'] ?? 8788), '127.0.0.1')
