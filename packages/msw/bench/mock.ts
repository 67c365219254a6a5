// Prints what the mock costs beside what it is compared with, measured in turns in one run:
//   node --conditions=@acme/source packages/msw/bench/mock.ts
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { createMock } from '../src/node.ts'

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN

async function time(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await task()
  return performance.now() - start
}

/** From nothing to the first answer, in milliseconds. */
async function readyAfter(seeds: number): Promise<number> {
  const users = Array.from({ length: seeds }, (_, index) => ({
    username: `user_${index}`,
    publicMetadata: { plan: 'pro', index },
    privateMetadata: { customer: `cus_${index}` },
  }))
  return time(async () => {
    const mock = createMock({ users })
    await mock.users.get(seeds ? `user_${seeds - 1}` : 'nobody').catch(() => {})
  })
}

await readyAfter(10)
const empty: number[] = []
const seeded: number[] = []
for (let round = 0; round < 9; round++) {
  empty.push(await readyAfter(0))
  seeded.push(await readyAfter(1_000))
}
console.log(
  `ready: ${median(seeded).toFixed(0)} ms with 1,000 users, ${median(empty).toFixed(0)} ms with none: ${(median(seeded) - median(empty)).toFixed(0)} ms more`,
)

const mock = createMock({ users: [{ username: 'ada', unsafeMetadata: { theme: 'dark' } }] })
const { id } = await mock.users.get('ada')
const body = JSON.stringify({ id, unsafe_metadata: { theme: 'dark' } })
const bare = setupServer(
  ...mock.handlers,
  http.all('http://127.0.0.1:9999/*', async ({ request }) => {
    await request.text()
    return HttpResponse.json(JSON.parse(body))
  }),
)
bare.listen()
const headers = { authorization: `Bearer ${mock.secretKey}`, 'content-type': 'application/json' }
const requests: Record<string, (url: string) => Promise<Response>> = {
  'a read': (url) => fetch(`${url}/v1/users/${id}`, { headers }),
  'a write': (url) =>
    fetch(`${url}/v1/users/${id}/metadata`, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ unsafe_metadata: { theme: 'dark' } }),
    }),
}
for (const [name, send] of Object.entries(requests)) {
  const took: Record<string, number[]> = { mock: [], bare: [] }
  for (let round = 0; round < 30; round++) {
    for (const [which, url] of [
      ['mock', mock.url],
      ['bare', 'http://127.0.0.1:9999'],
    ] as const) {
      const each = await time(async () => {
        for (let count = 0; count < 50; count++) await (await send(url)).json()
      })
      if (round >= 5) took[which]?.push(each / 50)
    }
  }
  const [ours, theirs] = [median(took['mock'] ?? []), median(took['bare'] ?? [])]
  console.log(
    `${name}: ${ours.toFixed(3)} ms by the mock, ${theirs.toFixed(3)} ms by a bare handler: ${(ours / theirs).toFixed(2)} times`,
  )
}
bare.close()
