import { join } from 'node:path'
import type { AcmeReady } from './acme-server.ts'
import type { Bench } from './bench.ts'
import { type Child, startChild } from './child.ts'
import { compare, spreadOf } from './compare.ts'
import type { LoadResult } from './load.ts'
import { authorization, patchUsers } from './requests.ts'
import { least, most, rateRow } from './row.ts'

/** Writes a second that leave the server time to send what they make. */
const pace = 400

/** As how much of the rate without endpoints counts as the same. */
const same = least(0.95)

/** Adds an endpoint that behaves in some way. */
async function addEndpoint(acme: Child<AcmeReady>, url: string): Promise<void> {
  const made = await fetch(`${acme.ready.url}/v1/webhook_endpoints`, {
    method: 'POST',
    headers: { ...authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ url }),
  })
  if (!made.ok) throw new Error(await made.text())
}

/** What writes feel of webhooks, however their endpoint behaves: as a whole, and where another process sends. */
export async function webhooks({ folder, generator, settings, show }: Bench): Promise<void> {
  const { duration, rounds, endpoints } = settings
  const endpoint = await startChild<{ readonly host: string }>('webhook-endpoint.ts', {})
  const start = (name: string) =>
    startChild<AcmeReady>('acme-server.ts', {
      sqlite: join(folder, `webhooks-${name}.db`),
      users: 1_000,
      webhookHosts: [endpoint.ready.host],
    })
  const paced = (acme: Child<AcmeReady>) =>
    generator.ask<LoadResult>({ requests: [patchUsers(acme.ready)], connections: 16, duration: duration * 2, pace })
  const side = (server: Child<AcmeReady>) => ({
    load: { requests: [patchUsers(server.ready)], connections: 32, duration },
    servers: [server],
  })
  const without = await start('without')
  try {
    for (const behaviour of endpoints) {
      const acme = await start(behaviour)
      try {
        await addEndpoint(acme, `http://${endpoint.ready.host}/${behaviour}`)
        const pairs: (readonly [LoadResult, LoadResult])[] = []
        const before = await endpoint.ask<number>(null)
        for (let round = 0; round <= rounds; round++) {
          const [one, other] = round % 2 === 0 ? [acme, without] : [without, acme]
          const [first, second] = [await paced(one), await paced(other)]
          // The first round warms up.
          if (round > 0) pairs.push(one === acme ? [first, second] : [second, first])
        }
        const sent = (await endpoint.ask<number>(null)) - before
        const middle = (pick: (result: LoadResult) => number, side: 0 | 1) =>
          spreadOf(pairs.map((pair) => pick(pair[side]))).median.toFixed(2)
        show({
          what: `PATCH metadata, ${pace} a second, a webhook endpoint that ${behaviour}: median time of a write`,
          against: 'no endpoint',
          figure: spreadOf(pairs.map(([a, b]) => a.median / b.median)),
          unit: 'times',
          goal: most(1.1),
          note:
            `${middle((one) => one.median, 0)} and ${middle((one) => one.median, 1)} ms, ` +
            `p99 ${middle((one) => one.p99, 0)} and ${middle((one) => one.p99, 1)} ms; ${sent} attempts`,
        })
        const compared = await compare(generator, side(acme), side(without), rounds)
        const what = `PATCH metadata, 32 connections, a webhook endpoint that ${behaviour}`
        show(rateRow(what, 'no endpoint', compared, same))
      } finally {
        await acme.close()
      }
    }
    // What writes themselves cost more, without what sending takes of the same thread.
    const sender = await start('elsewhere')
    await addEndpoint(sender, `http://${endpoint.ready.host}/answers`)
    await sender.close()
    const writer = await startChild<AcmeReady>('acme-server.ts', {
      sqlite: join(folder, 'webhooks-elsewhere.db'),
      users: 1_000,
    })
    try {
      // As warm as the others.
      for (let round = 0; round <= rounds; round++) await paced(writer)
      const compared = await compare(generator, side(writer), side(without), rounds)
      const what = 'PATCH metadata, 32 connections, a webhook endpoint that another process sends to'
      show(rateRow(what, 'no endpoint', compared, same))
    } finally {
      await writer.close()
    }
  } finally {
    await Promise.all([without.close(), endpoint.close()])
  }
}
