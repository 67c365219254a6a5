import type { JsonObject } from '@acme/schema'
import type { JobJson } from '@acme/schema/wire'
import type { CallBackend } from './connect-backend.ts'
import { waitForJob } from './wait-for-job.ts'

/** Asks for a job to be answered at once (RFC 7240), so that its progress can be shown. */
export const respondAsync = { prefer: 'respond-async' } as const

/** Whether a reply is a job. */
export function isJob(json: JsonObject): json is JsonObject & JobJson {
  return json['object'] === 'job'
}

/**
 * Waits until a job is over. Ctrl-C cancels it; a second one leaves it to the server and ends this process.
 *
 * @throws what {@link waitForJob} does
 */
export async function finishJob(call: CallBackend, { id }: Pick<JobJson, 'id'>): Promise<JobJson> {
  const cancel = () => {
    process.stderr.write(`\ncancelling ${id}; once more to leave it going on\n`)
    call('POST', `/v1/jobs/${id}/cancel`, {}).catch((error: Error) => process.stderr.write(`${error.message}\n`))
  }
  process.once('SIGINT', cancel)
  try {
    return await waitForJob(call, id)
  } finally {
    process.removeListener('SIGINT', cancel)
  }
}
