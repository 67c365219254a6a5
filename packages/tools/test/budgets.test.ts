import { expect, test } from 'vitest'
import { measureClients } from '../src/measure-clients.ts'

/** What an import loads and its types take at the most: counted, so the same on every machine. */
const budgets = {
  '@acme/backend': { modules: 4, instantiations: 1_000 },
  '@acme/frontend': { modules: 8, instantiations: 1_000 },
}

// What whoever chooses a client compares, as far as no clock has a part in it.
test('each of our clients is smaller than those beside it, and keeps to its budget of modules and types', async () => {
  const costs = await measureClients()
  process.stdout.write(`${costs.map((cost) => JSON.stringify(cost)).join('\n')}\n`)
  for (const [name, { modules, instantiations }] of Object.entries(budgets)) {
    const ours = costs.find((cost) => cost.name === name)
    expect(ours?.modules).toBeLessThanOrEqual(modules)
    expect(ours?.instantiations).toBeLessThanOrEqual(instantiations)
    const peers = costs.filter((cost) => cost.where === ours?.where && cost.name !== name)
    expect(ours?.size).toBeLessThan(Math.min(...peers.map(({ size }) => size)))
  }
})
