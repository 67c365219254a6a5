import { describe, expect, onTestFinished, test } from 'vitest'
import { newDatabase } from '../../conformance/new-database.ts'
import { createRecent, keyAge } from '../src/auth/recent.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createPostgresStorage } from '../src/storage/postgres/postgres-storage.ts'
import type { Storage } from '../src/storage/storage.ts'
import { sendBackend, startServer } from './setup.ts'

const another = 'sk_test_9876543210'

/** Two storages over the same rows, as two processes have them. */
const pairs: Record<string, () => Promise<readonly [Storage, Storage]>> = {
  memory: async () => {
    const storage = createMemoryStorage()
    return [storage, storage]
  },
  PostgreSQL: async () => {
    const { url, drop } = await newDatabase()
    onTestFinished(drop)
    const pair = [await createPostgresStorage({ url }), await createPostgresStorage({ url })] as const
    onTestFinished(async () => void (await Promise.all(pair.map((storage) => storage.close()))))
    return pair
  },
}

describe.each(Object.keys(pairs))('on %s', (name) => {
  test('a key that one process adds or revokes opens or closes every other', async () => {
    const storages = await (pairs[name] as (typeof pairs)[string])()
    let now = Date.now()
    const clock = () => now
    const [one, other] = [
      await startServer({ storage: storages[0], clock }),
      await startServer({ storage: storages[1], clock }),
    ]
    const asked = async (server: typeof one) =>
      (await sendBackend(server, 'GET', '/v1/users/count', undefined, { authorization: `Bearer ${another}` })).status
    expect(await asked(other)).toBe(401)
    await one.addSecretKey(another)
    expect(await asked(one)).toBe(200)
    now += 50
    expect(await asked(other)).toBe(200)
    await one.revokeSecretKey(another)
    expect(await asked(one)).toBe(401)
    now += keyAge
    expect(await asked(other)).toBe(401)
    expect((await sendBackend(other, 'GET', '/v1/users/count')).status).toBe(200)
  })
})

test('strangers who try keys have the storage read now and then, not for each', async () => {
  const storage = createMemoryStorage()
  let reads = 0
  const counting: Storage = {
    ...storage,
    find: (collection, id) => {
      if (collection === 'instances') reads++
      return storage.find(collection, id)
    },
  }
  const server = await startServer({ storage: counting, clock: () => 1_700_000_000_000 })
  reads = 0
  const tries = Array.from({ length: 100 }, (_, index) =>
    sendBackend(server, 'GET', '/v1/users', undefined, { authorization: `Bearer sk_test_${index}` }),
  )
  expect(new Set((await Promise.all(tries)).map(({ status }) => status))).toEqual(new Set([401]))
  expect(reads).toBeLessThan(3)
})

test('what was read before a change is not kept after it', async () => {
  const answers: ((digests: readonly string[]) => void)[] = []
  const keys = createRecent<readonly string[]>(
    () => new Promise((resolve) => answers.push(resolve)),
    () => 0,
  )
  const before = keys.get(keyAge)
  keys.forget()
  const after = keys.get(keyAge)
  answers[1]?.(['new'])
  expect(await after).toEqual(['new'])
  answers[0]?.(['old'])
  expect(await before).toEqual(['old'])
  expect(await keys.get(keyAge)).toEqual(['new'])
})

test('a storage that cannot be read is asked again by the next', async () => {
  let isDown = true
  const keys = createRecent(
    async () => {
      if (isDown) throw new Error('down')
      return ['key']
    },
    () => 0,
  )
  await expect(keys.get(keyAge)).rejects.toThrow('down')
  isDown = false
  expect(await keys.get(keyAge)).toEqual(['key'])
})
