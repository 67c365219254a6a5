import { join } from 'node:path'
import type { AcmeReady } from './acme-server.ts'
import type { Bench } from './bench.ts'
import { type Child, startChild } from './child.ts'
import { type Contender, compare, spreadOf, turnsEach } from './compare.ts'
import type { LoadResult } from './load.ts'
import { authorization, patchUsers } from './requests.ts'
import { least, most, rateRow, workRow } from './row.ts'

/** Writes a second that leave the server time to send what they make. */
const pace = 400

/** As how much of the rate without endpoints counts as the same. */
const same = least(0.95)

/** A server, and one that has no endpoints. */
interface Pair {
  readonly server: Child<AcmeReady>
  readonly without: Child<AcmeReady>
}

/** Sends a request to the Backend API; gives what it answers. */
async function call<Answer>(url: string, method: string, body: object): Promise<Answer> {
  const headers = { ...authorization, 'content-type': 'application/json' }
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json() as Promise<Answer>
}

/** Adds an endpoint; gives what has it sent to, and what pauses that. */
async function addEndpoint(acme: Child<AcmeReady>, url: string): Promise<Required<Pick<Contender, 'begin' | 'end'>>> {
  const root = `${acme.ready.url}/v1/webhook_endpoints`
  const { id } = await call<{ readonly id: string }>(root, 'POST', { url })
  const put = async (status: string) => void (await call(`${root}/${id}`, 'PATCH', { status }))
  return { begin: () => put('enabled'), end: () => put('paused') }
}

/** What writes feel of webhooks, however their endpoint behaves: as a whole, and where another process sends. */
export async function webhooks({ folder, generator, second, settings, show }: Bench): Promise<void> {
  const { duration, endpoints } = settings
  const turns = settings.rounds * turnsEach
  const endpoint = await startChild<{ readonly host: string }>('webhook-endpoint.ts', {})
  const start = (name: string) =>
    startChild<AcmeReady>('acme-server.ts', {
      sqlite: join(folder, `webhooks-${name}.db`),
      users: 1_000,
      webhookHosts: [endpoint.ready.host],
    })
  const side = (server: Child<AcmeReady>, around: Pick<Contender, 'begin' | 'end'> = {}): Contender => ({
    load: { requests: [patchUsers(server.ready)], connections: 32, duration: duration / turnsEach },
    servers: [server],
    ...around,
  })

  /** Has a server written to as fast as it goes, beside the one without endpoints. */
  async function showSaturated(what: string, { server, without }: Pair, around?: Pick<Contender, 'begin' | 'end'>) {
    const compared = await compare(generator, side(server, around), side(without), turns)
    show(rateRow(what, 'no endpoint', compared, same))
    show(workRow(what, 'no endpoint', compared, same))
  }

  /** Has both written to at the same moments, by a generator each, which take turns. */
  async function showPaced(what: string, { server, without }: Pair) {
    const paced = (by: Child<null>, { ready }: Child<AcmeReady>) =>
      by.ask<LoadResult>({ requests: [patchUsers(ready)], connections: 16, duration, pace })
    const pairs: (readonly [LoadResult, LoadResult])[] = []
    const still: (readonly [number, number])[] = []
    const before = await endpoint.ask<number>(null)
    for (let round = 0; round <= settings.rounds * 2; round++) {
      const [one, other] = round % 2 === 0 ? [generator, second] : [second, generator]
      await Promise.all([server.ask(null), without.ask(null)])
      const pair = await Promise.all([paced(one, server), paced(other, without)])
      const delays = await Promise.all([server.ask<number>(null), without.ask<number>(null)])
      // The first round warms up.
      if (round === 0) continue
      pairs.push(pair)
      still.push(delays)
    }
    const sent = (await endpoint.ask<number>(null)) - before
    const middle = (numbers: readonly (readonly [number, number])[]) =>
      ([0, 1] as const).map((at) => spreadOf(numbers.map((pair) => pair[at])).median.toFixed(2)).join(' and ')
    const times = (pick: (result: LoadResult) => number) => middle(pairs.map(([a, b]) => [pick(a), pick(b)]))
    show({
      what: `${what}: median time of a write`,
      against: 'no endpoint',
      figure: spreadOf(pairs.map(([a, b]) => a.median / b.median)),
      unit: 'times',
      goal: most(1.05),
      note:
        `${times((one) => one.median)} ms, p99 ${times((one) => one.p99)} ms; ` +
        `the thread stood still for ${middle(still)} ms (p99); ${sent} attempts`,
    })
  }

  /** Starts a server and one to compare it with, which are as young and as warm as one another. */
  async function beside(name: string, show: (pair: Pair) => Promise<void>, server = start(name)) {
    const pair = { server: await server, without: await start(`${name}-without`) }
    try {
      for (const one of [pair.server, pair.without]) await generator.ask({ ...side(one).load, duration: duration * 2 })
      await show(pair)
    } finally {
      await Promise.all([pair.server.close(), pair.without.close()])
    }
  }

  try {
    // What the figures below are worth: the same twice.
    await beside('neither', async (pair) => {
      await showPaced(`PATCH metadata, ${pace} a second, no webhook endpoint either`, pair)
      await showSaturated('PATCH metadata, 32 connections, no webhook endpoint either', pair)
    })
    for (const behaviour of endpoints) {
      await beside(behaviour, async (pair) => {
        const around = await addEndpoint(pair.server, `http://${endpoint.ready.host}/${behaviour}`)
        await showPaced(`PATCH metadata, ${pace} a second, a webhook endpoint that ${behaviour}`, pair)
        // While the other has its turn nothing is sent.
        await around.end()
        await showSaturated(`PATCH metadata, 32 connections, a webhook endpoint that ${behaviour}`, pair, around)
      })
    }
    // What writes themselves cost more, without what sending takes of the same thread.
    const sender = await start('elsewhere')
    await addEndpoint(sender, `http://${endpoint.ready.host}/answers`)
    await sender.close()
    const what = 'PATCH metadata, 32 connections, a webhook endpoint that another process sends to'
    const silent = { sqlite: join(folder, 'webhooks-elsewhere.db'), users: 1_000 }
    await beside('elsewhere', (pair) => showSaturated(what, pair), startChild<AcmeReady>('acme-server.ts', silent))
  } finally {
    await endpoint.close()
  }
}
