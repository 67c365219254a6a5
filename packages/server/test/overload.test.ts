import { createServer } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { expect, test } from 'vitest'

const secretKey = `sk_test_${'0'.repeat(32)}`

test('more requests than may be under way are refused with when to come back, and do nothing', async () => {
  const memory = createMemoryStorage()
  let goOn = () => {}
  const isHeld = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const held = {
    ...memory,
    transact: (async (one) => isHeld.then(() => memory.transact(one))) as typeof memory.transact,
  }
  let isHolding = false
  const storage = new Proxy(memory, { get: (_, name) => Reflect.get(isHolding ? held : memory, name) })
  const { fetch } = await createServer({
    storage,
    publishableKey: `pk_test_${btoa('127.0.0.1:8787$')}`,
    secretKeys: [secretKey],
    maxRequestsUnderWay: 2,
  })
  isHolding = true
  const create = (name: string) =>
    fetch(
      new Request('http://127.0.0.1:8787/v1/users', {
        method: 'POST',
        headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ username: name }),
      }),
    )
  const served = [create('ada'), create('grace')]
  const refused = await create('edsger')
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.headers.get('acme-outcome')).toBe('not_applied')
  expect(await refused.json()).toMatchObject({ errors: [{ code: 'server_overloaded' }] })
  goOn()
  expect((await Promise.all(served)).map(({ status }) => status)).toEqual([200, 200])
  // There is room again.
  expect((await create('barbara')).status).toBe(200)
  expect(await memory.countUsers({})).toBe(3)
})

test('while many are under way, who has waited too long is refused; while few are, the machine stood still', async () => {
  const { fetch } = await createServer({
    storage: createMemoryStorage(),
    publishableKey: `pk_test_${btoa('127.0.0.1:8787$')}`,
    secretKeys: [secretKey],
    maxRequestsUnderWay: 16,
  })
  const count = () =>
    fetch(new Request('http://127.0.0.1:8787/v1/users/count', { headers: { authorization: `Bearer ${secretKey}` } }), {
      waited: 60_000,
    })
  expect((await count()).status).toBe(200)
  const statuses = (await Promise.all([count(), count(), count()])).map(({ status }) => status)
  expect(statuses).toEqual([200, 200, 503])
})
