// What `npm start` runs: the server, the example page and its API, until Ctrl-C.

import buildDashboard from '@acme/dashboard/build'
import { serveSite } from '@acme/docs'
import { startExample } from 'example-vite-react/start'
import type { Connect } from 'vite'

const site = serveSite()
let dashboard: Promise<void> | undefined
/** Has the dashboard built before somebody is led there; after a failure the next one tries again. */
const beside: Connect.NextHandleFunction = (request, response, next) => {
  if (!/^\/dashboard\/?(\?|$)/.test(request.url ?? '')) return site(request, response, next)
  dashboard ??= buildDashboard()
  dashboard.then(
    () => next(),
    (error: unknown) => {
      dashboard = undefined
      next(error)
    },
  )
}
const example = await startExample({ directory: '.acme', beside })
const { server, demo } = example

process.stdout.write(`
  Page       ${example.pageUrl}
             sign up with any address (the code is 424242), or sign in as
             ${demo.emailAddress} with the password: ${demo.password}
  Dashboard  ${example.pageUrl}/dashboard   (signs you in; built by the first look at it)
  Docs       ${example.pageUrl}/docs/   (built by the first look at them)
  API        ${example.apiUrl}/upgrade   (examples/api-node)
  Server     ${server.url}
             keys in ${server.keyFile}, data in .acme/acme.db

  Ctrl-C stops; what you did is still there at the next start.

`)

let isStopping = false
async function stop(): Promise<void> {
  // The second time is meant.
  if (isStopping) process.exit(1)
  isStopping = true
  await example.close()
  process.exit(0)
}
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
