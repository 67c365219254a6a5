import { type AddressInfo, createServer as createProbe } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createBackend } from '@acme/backend'
import { type RunningServer, startServer } from '@acme/server/node'
import { createApi } from 'example-api-node'
import { type Connect, createServer } from 'vite'
import { leadToDashboard } from './lead-to-dashboard.ts'

/** Where the example runs. */
export interface RunningExample {
  readonly pageUrl: string
  readonly apiUrl: string
  readonly server: RunningServer
  /** Signs in as somebody who is already there. */
  readonly demo: { readonly emailAddress: string; readonly password: string }
  close(): Promise<void>
}

const demo = { emailAddress: 'demo@example.com', password: 'demo password' }

/** Starts the three parts: the user-metadata server, the app's API, and the page. */
export async function startExample(options: {
  readonly directory: string
  readonly port?: number
  /** Answers beside the page what is its own, and hands on the rest. */
  readonly beside?: Connect.NextHandleFunction
}): Promise<RunningExample> {
  const server = await startServer(options)
  const pagePort = await freePort(options.port ?? 5173)
  const pageUrl = `http://127.0.0.1:${pagePort}`
  const api = createApi({ secretKey: server.secretKey, apiUrl: server.url, pageOrigin: pageUrl, operatorsView: true })
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  process.env['VITE_ACME_PUBLISHABLE_KEY'] = server.publishableKey
  process.env['VITE_API_URL'] = apiUrl
  const vite = await createServer({
    root: fileURLToPath(new URL('.', import.meta.url)),
    logLevel: 'warn',
    server: { port: pagePort, strictPort: true },
    plugins: [
      {
        name: 'beside',
        configureServer({ middlewares }) {
          if (options.beside) middlewares.use(options.beside)
          middlewares.use(leadToDashboard(server))
        },
      },
    ],
  })
  await vite.listen()

  const { users } = createBackend<unknown>({ secretKey: server.secretKey, apiUrl: server.url })
  if ((await users.getCount({ emailAddress: [demo.emailAddress] })) === 0) {
    await users.createUser({
      emailAddress: [demo.emailAddress],
      password: demo.password,
      firstName: 'Demo',
      publicMetadata: { plan: 'free' },
      unsafeMetadata: { theme: 'dark', referrer: 'the README' },
    })
  }
  return {
    pageUrl,
    apiUrl,
    server,
    demo,
    async close() {
      await vite.close()
      api.closeAllConnections()
      api.close()
      await server.close()
    },
  }
}

/** Gives the port that is wanted, or a free one when it is taken. */
async function freePort(wanted: number): Promise<number> {
  const probe = createProbe()
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      probe.once('error', reject)
      probe.listen(port, '127.0.0.1', resolve)
    })
  await listen(wanted).catch(() => listen(0))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
