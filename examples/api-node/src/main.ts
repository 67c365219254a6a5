import { createApi } from './create-api.ts'

function needed(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`Set ${name}; .acme/keys.env of the server has it.`)
  return value
}

createApi({
  secretKey: needed('ACME_SECRET_KEY'),
  apiUrl: needed('ACME_API_URL'),
  pageOrigin: process.env['PAGE_ORIGIN'] ?? 'http://127.0.0.1:5173',
}).listen(Number(process.env['PORT'] ?? 8788), '127.0.0.1')
