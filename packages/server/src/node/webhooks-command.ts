import { parseArgs } from 'node:util'
import type { WebhookDeliveryJson, WebhookEndpointJson } from '@acme/schema/wire'
import { type CallBackend, connectBackend } from './connect-backend.ts'

/** What `webhooks --help` prints. */
export const webhooksHelp = `acme-server webhooks: who is told of what happens to users

  webhooks add <url>         send events to a URL, and print the secret they are signed with
  webhooks list              list the endpoints
  webhooks deliveries <id>   list what was and is to be sent, newest first
  webhooks replay <id>       send events again: --event, --since and --until, or --parked
  webhooks rotate <id>       sign with a new secret, and for a while with the old one as well
  webhooks pause <id>        keep events for later
  webhooks resume <id>       send what was kept, and go on
  webhooks remove <id>       send nothing any more

  --event-type <type>        add: user.created, user.updated or user.deleted (default all); may be repeated
  --include-private          add: send private metadata, too
  --description <text>       add: a note for yourself
  --overlap <seconds>        rotate: for how long the old secret stays good (default a day)
  --event <id>               replay: this one (msg_…)
  --since, --until <time>    replay: those of a time, such as 2026-01-31T12:00:00Z
  --parked                   replay, deliveries: only those that were given up
  --data <directory>         where the keys are (default .acme), unless ACME_API_URL and ACME_SECRET_KEY are set
`

const options = {
  'event-type': { type: 'string', multiple: true },
  'include-private': { type: 'boolean', default: false },
  description: { type: 'string' },
  overlap: { type: 'string' },
  event: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  parked: { type: 'boolean', default: false },
  data: { type: 'string', default: '.acme' },
  help: { type: 'boolean', default: false },
} as const

const parse = (args: readonly string[]) => parseArgs({ args: [...args], allowPositionals: true, options })
type Values = ReturnType<typeof parse>['values']

const root = '/v1/webhook_endpoints'

/** Each command: what it asks of the server, and what it prints. */
const commands: Readonly<Record<string, (call: CallBackend, operand: string, values: Values) => Promise<string>>> = {
  async add(call, url, values) {
    const made = await call('POST', root, {
      url,
      ...(values['event-type'] && { event_types: values['event-type'] }),
      include_private: values['include-private'],
      ...(values.description !== undefined && { description: values.description }),
    })
    return `${made['id']}\n${made['secret']}\n`
  },
  async list(call) {
    const { data } = (await call('GET', root)) as unknown as { data: WebhookEndpointJson[] }
    return data.map(describeEndpoint).join('') || 'There are no endpoints.\n'
  },
  async deliveries(call, id, { parked }) {
    const path = `${at(id)}/deliveries?limit=50${parked ? '&status=parked' : ''}`
    const { data } = (await call('GET', path)) as unknown as { data: WebhookDeliveryJson[] }
    return data.map(describeDelivery).join('') || 'Nothing.\n'
  },
  async replay(call, id, { event, since, until, parked }) {
    const body = {
      ...(event !== undefined && { event_id: event }),
      ...(since !== undefined && { since: readTime('--since', since) }),
      ...(until !== undefined && { until: readTime('--until', until) }),
      ...(parked && { status: 'parked' }),
    }
    let [total, after, hasMore] = [0, undefined as unknown, true]
    while (hasMore) {
      const done = await call(
        'POST',
        `${at(id)}/replay`,
        after === undefined ? body : { ...body, starting_after: after },
      )
      total += Number(done['replayed'])
      after = done['last_event_id']
      hasMore = done['has_more'] === true
    }
    return `${total} ${total === 1 ? 'event is' : 'events are'} sent again.\n`
  },
  async rotate(call, id, { overlap }) {
    if (overlap !== undefined && !/^\d{1,9}$/.test(overlap)) throw new TypeError('--overlap takes a number of seconds')
    const body = overlap === undefined ? {} : { expires_in_seconds: Number(overlap) }
    return `${(await call('POST', `${at(id)}/rotate_secret`, body))['secret']}\n`
  },
  pause: (call, id) => setStatus(call, id, 'paused'),
  resume: (call, id) => setStatus(call, id, 'enabled'),
  async remove(call, id) {
    await call('DELETE', at(id))
    return 'Removed.\n'
  },
}

/**
 * Runs `webhooks …` against a running server and gives what to print.
 *
 * @throws Error for a wrong command line, or what the server refuses
 */
export async function runWebhooksCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parse(args)
  const [name = '', operand = '', ...rest] = positionals
  if (values.help) return webhooksHelp
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new TypeError(`webhooks takes ${Object.keys(commands).join(', ')}\n\n${webhooksHelp}`)
  if (rest.length > 0) throw new TypeError(`webhooks ${name}: too many arguments`)
  if (operand === '' && name !== 'list')
    throw new TypeError(`webhooks ${name} takes ${name === 'add' ? 'a URL' : 'the id of an endpoint'}`)
  return command(await connectBackend(values.data), operand, values)
}

function at(id: string): string {
  return `${root}/${encodeURIComponent(id)}`
}

async function setStatus(call: CallBackend, id: string, status: string): Promise<string> {
  return describeEndpoint((await call('PATCH', at(id), { status })) as unknown as WebhookEndpointJson)
}

function readTime(name: string, text: string): number {
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new TypeError(`${name} takes a time, such as 2026-01-31T12:00:00Z`)
  return time
}

function describeEndpoint({ id, url, status, event_types: types, ...rest }: WebhookEndpointJson): string {
  const facts = [types.join(' '), rest.include_private ? 'with private metadata' : '', rest.description ?? '']
  return `${[id, status, url, ...facts.filter((fact) => fact !== '')].join('  ')}\n`
}

function describeDelivery(one: WebhookDeliveryJson): string {
  const last = one.last_status ?? one.last_failure
  const next = one.next_attempt_at
  const facts = [
    `${one.type} ${one.user_id} version ${one.version}`,
    one.status,
    `${one.attempts} ${one.attempts === 1 ? 'attempt' : 'attempts'}${last === null ? '' : `, the last: ${last}`}`,
    ...(next !== null && one.attempts > 0 ? [`next ${new Date(next).toISOString()}`] : []),
  ]
  return `${one.event_id}  ${new Date(one.created_at).toISOString()}  ${facts.join('  ')}\n`
}
