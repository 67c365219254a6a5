// What `npm run dev` starts: the user-metadata server, and this app.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { startServer } from '@acme/server/node'

const acme = await startServer({ directory: '.acme' })
const next = createRequire(import.meta.url).resolve('next/dist/bin/next')
const app = spawn(process.execPath, [next, 'dev', '-H', '127.0.0.1', '-p', '3000'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    ACME_PUBLISHABLE_KEY: acme.publishableKey,
    ACME_SECRET_KEY: acme.secretKey,
    ACME_API_URL: acme.url,
    APP_ORIGIN: 'http://127.0.0.1:3000',
  },
})
app.once('exit', (code) => process.exit(code ?? 1))
