import type { RunningServer } from '@acme/server/node'
import type { Connect } from 'vite'

/** Answers `/dashboard` by the way to the server's dashboard: signed in already, for who comes from this very page. */
export function leadToDashboard({ createDashboardLink, dashboardUrl }: RunningServer): Connect.NextHandleFunction {
  return async (request, response, next) => {
    if (request.method !== 'GET' || !/^\/dashboard\/?(\?|$)/.test(request.url ?? '') || !dashboardUrl) return next()
    const isOwn = ['same-origin', 'none', undefined].includes(request.headers['sec-fetch-site'] as string | undefined)
    const location = isOwn ? await createDashboardLink() : dashboardUrl
    // The link is good once: whoever comes back here gets another.
    response.writeHead(303, { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).end()
  }
}
