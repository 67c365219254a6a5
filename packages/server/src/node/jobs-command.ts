import { parseArgs } from 'node:util'
import type { JobJson } from '@acme/schema/wire'
import { connectBackend } from './connect-backend.ts'
import { count } from './progress.ts'
import { waitForJob } from './wait-for-job.ts'

/** What `jobs --help` prints. */
export const jobsHelp = `acme-server jobs: what a server does in the background, over many users

  jobs list                  list them, newest first
  jobs show <id>             tell all of one
  jobs wait <id>             wait until one is over
  jobs cancel <id>           end one before it is done

  --data <directory>         where the keys are (default .acme), unless ACME_API_URL and ACME_SECRET_KEY are set
`

/**
 * Runs `jobs …` against a running server and gives what to print.
 *
 * @throws Error for a wrong command line, or what the server refuses
 */
export async function runJobsCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { data: { type: 'string', default: '.acme' }, help: { type: 'boolean', default: false } },
  })
  if (values.help) return jobsHelp
  const [name = '', id = '', ...rest] = positionals
  if (rest.length > 0) throw new TypeError(`jobs ${name}: too many arguments`)
  if (!['list', 'show', 'wait', 'cancel'].includes(name)) {
    throw new TypeError(`jobs takes list, show, wait or cancel\n\n${jobsHelp}`)
  }
  if (id === '' && name !== 'list') throw new TypeError(`jobs ${name} takes the id of a job`)
  const call = await connectBackend(values.data)
  const path = `/v1/jobs/${encodeURIComponent(id)}`
  if (name === 'list') {
    const { data } = (await call('GET', '/v1/jobs')) as unknown as { data: JobJson[] }
    return data.map(describeJob).join('') || 'There are no jobs.\n'
  }
  if (name === 'show') return `${JSON.stringify(await call('GET', path), null, 2)}\n`
  if (name === 'wait') return describeJob(await waitForJob(call, id))
  return describeJob((await call('POST', `${path}/cancel`, {})) as unknown as JobJson)
}

function describeJob({ id, kind, name, status, progress, error, created_at: createdAt }: JobJson): string {
  const { done, total } = progress
  const facts = [
    `${kind}${name === null ? '' : ` ${name}`}`,
    status,
    `${count(done)}${total === null ? '' : ` of ${count(total)}`} users`,
    ...(error ? [error.message] : []),
  ]
  return `${id}  ${new Date(createdAt).toISOString()}  ${facts.join('  ')}\n`
}
