import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createCanary } from '../../canary.ts'
import { newName, type Place, targets } from '../../targets.ts'
import { createWire } from '../../wire.ts'

const program = fileURLToPath(new URL('../../react-flight.ts', import.meta.url))

test('what React’s server components send to a page holds no private metadata, whichever way the user went in', async () => {
  const place = await (targets['sqlite'] as () => Promise<Place>)()
  const wire = createWire(place)
  const canary = createCanary()
  const { json } = await wire.backend('POST', '/v1/users', {
    username: newName(),
    public_metadata: { plan: 'pro' },
    private_metadata: { [canary.word]: canary.word },
  })
  const conditions = ['--conditions=react-server', '--conditions=@acme/source']
  const run = promisify(execFile)(process.execPath, [...conditions, program, json.id, place.url, place.secretKey])
  const { stdout, stderr } = await run
  wire.close()
  await place.close()
  expect(canary.isIn(stdout + stderr)).toBe(false)
  const written = JSON.parse(stdout) as Record<string, { sent: string; errors: string[] }>
  console.info(`${Object.keys(written).length} ways into React's serialisation, 0 leaks`)
  // What is meant for a page gets there, so that the rest is silent for a reason.
  for (const way of ['toClient', 'toJSON', 'spread', 'copied', 'entries']) {
    expect(written[way]?.sent).toContain('"plan":"pro"')
  }
  // React takes no instance of a class.
  for (const way of ['whole', 'in props', 'in a list']) expect(written[way]?.sent).toContain('Only plain objects')
})
