import { measureClients } from '@acme/tools/src/measure-clients.ts'
import type { Bench } from './bench.ts'
import { most } from './row.ts'

/** What the clients cost whoever imports them, beside those of others; no clock has a part in it. Needs a build. */
export async function clients({ settings, show }: Bench): Promise<void> {
  // The tests of sizes hold the same figures.
  if (!settings.withPeers) return
  const costs = await measureClients()
  for (const ours of costs.filter(({ name }) => name.startsWith('@acme/'))) {
    for (const peer of costs.filter(({ name, where }) => where === ours.where && name !== ours.name)) {
      const ratio = ours.size / peer.size
      show({
        what: `${ours.name}, an app of nothing else, by brotli`,
        against: peer.name,
        figure: { median: ratio, least: ratio, most: ratio },
        unit: 'of it',
        goal: most(1),
        note: [
          `${ours.size} and ${peer.size} bytes`,
          `${ours.modules} and ${peer.modules} modules loaded`,
          `${ours.instantiations} and ${peer.instantiations} types instantiated`,
        ].join('; '),
      })
    }
  }
}
