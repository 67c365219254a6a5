import { expect, test } from 'vitest'
import { scaled } from '../../scaled.ts'
import { forEachStorage } from '../../servers.ts'

const counters = scaled(50)
const clients = 4
const increments = 25

forEachStorage((served, name) => {
  test('concurrent conditional increments: none is lost', async () => {
    const { wire } = served()
    let refused = 0
    /** Reads, adds one and writes if nobody was faster; else again from what the refusal tells. */
    async function increment(userId: string): Promise<void> {
      let user = (await wire.backend('GET', `/v1/users/${userId}`)).json
      for (;;) {
        const body = { public_metadata: { count: user.public_metadata.count + 1 } }
        const ifMatch = { 'if-match': `"${user.version}"` }
        const { status, json } = await wire.backend('PATCH', `/v1/users/${userId}/metadata`, body, ifMatch)
        if (status === 200) return
        expect([status, json.errors[0].code]).toEqual([412, 'version_conflict'])
        refused++
        user = json.errors[0].meta.current
      }
    }

    const userIds = await Promise.all(
      Array.from({ length: counters }, async (_, index) => {
        const { userId } = await wire.signUp(`counter_${index}`)
        await wire.backend('PUT', `/v1/users/${userId}/metadata`, { public_metadata: { count: 0 } })
        return userId
      }),
    )
    await Promise.all(
      userIds.flatMap((userId) =>
        Array.from({ length: clients }, async () => {
          for (let count = 0; count < increments; count++) await increment(userId)
        }),
      ),
    )
    const counts = await Promise.all(
      userIds.map(async (userId) => (await wire.backend('GET', `/v1/users/${userId}`)).json.public_metadata.count),
    )
    const total = counts.reduce((sum, count) => sum + count, 0)
    console.info(
      `${name}: ${counters * clients * increments} increments, ${refused} refused and made again, sum ${total}`,
    )
    expect(counts).toEqual(userIds.map(() => clients * increments))
  })
})
