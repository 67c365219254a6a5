import { afterEach, expect, test, vi } from 'vitest'
import { defaultHistory } from '../src/domain/changes/record-change.ts'
import { leaseKey } from '../src/domain/lease.ts'
import { createTraffic } from '../src/domain/traffic.ts'
import { defaultTimings } from '../src/domain/webhooks/timings.ts'
import { createWebhookWorker } from '../src/domain/webhooks/webhook-worker.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import type { UntoldChange } from '../src/storage/rows.ts'

afterEach(() => void vi.useRealTimers())

test('while another process tells all the time, one look waits, however often somebody asked for one', async () => {
  const untold: UntoldChange = {
    userId: 'user_1',
    version: 1,
    at: 1,
    action: 'create',
    fields: [],
    untold: { endpointIds: ['we_1'] },
  }
  const memory = createMemoryStorage()
  await memory.transact({
    reads: [],
    decide: () => ({
      writes: [
        {
          put: 'leases',
          row: { id: leaseKey({ name: 'untold' }).id, holder: 'another', expireAt: Date.now() + 60_000 },
        },
      ],
      result: undefined,
    }),
  })
  let looks = 0
  const storage = {
    ...memory,
    async listUntold() {
      looks++
      return [untold]
    },
  }
  const fail = (): never => expect.fail()
  const worker = createWebhookWorker({
    instance: {
      id: 'ins_1',
      storage,
      clock: Date.now,
      history: defaultHistory,
      report: fail,
      traffic: createTraffic(),
    },
    fetch: fail,
    timings: defaultTimings,
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  for (let count = 0; count < 20; count++) await worker.settled()
  expect([looks, vi.getTimerCount()]).toEqual([20, 1])
  vi.runOnlyPendingTimers()
  await worker.settled()
  expect(vi.getTimerCount()).toBe(1)
  await worker.close()
})
