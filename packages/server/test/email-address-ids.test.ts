import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'
import { newBrowser, sendBackend, startServer } from './setup.ts'

const password = 'correct horse battery'

describe.each([
  ['memory', createMemoryStorage],
  ['SQLite', () => createSqliteStorage({ database: new DatabaseSync(':memory:') })],
] as const)('on %s', (_, makeStorage) => {
  test('an address is found by its id, whenever its user was made', async () => {
    const now = Date.UTC(2026, 0, 1)
    const server = await startServer({ storage: makeStorage(), clock: () => now })
    const times = ['1969-07-20T20:17:40Z', '1970-01-01T00:00:00.000Z', '2020-02-02T02:02:02.020Z', undefined]
    // As many as share a time in what comes from elsewhere.
    const many = Array.from({ length: 600 }, () => times[2])
    const users = await server.createUsers(
      [...times, ...many].map((created_at, index) => ({
        email_address: [`user_${index}@example.com`, `second_${index}@example.com`],
        ...(created_at && { created_at }),
      })),
    )
    for (const id of [...users.slice(0, 4), users.at(-1)]) {
      const { json } = await sendBackend(server, 'GET', `/v1/users/${id}`)
      for (const address of json.email_addresses) {
        expect((await sendBackend(server, 'GET', `/v1/email_addresses/${address.id}`)).json).toEqual(address)
      }
    }
    const strangers = ['idn_0', 'idn_zzzzzzzzzzzz', `idn_${'0'.repeat(27)}`, 'user_1', 'idn_%00']
    for (const id of strangers) {
      expect([id, (await sendBackend(server, 'GET', `/v1/email_addresses/${id}`)).json.errors[0].code]).toEqual([
        id,
        expect.stringMatching(/^(resource_not_found|malformed_request_parameters)$/),
      ])
    }
  })

  test('what a page has added is found too, until it is deleted or its user is', async () => {
    const server = await startServer({ storage: makeStorage() })
    const { json: user } = await sendBackend(server, 'POST', '/v1/users', { username: 'ada_lovelace', password })
    const browser = newBrowser(server)
    await browser.send('POST', '/v1/client/sign_ins', { identifier: 'ada_lovelace', password })
    const add = async (email_address: string) =>
      (await browser.send('POST', '/v1/me/email_addresses', { email_address })).json.response.id
    const [first, second] = [await add('ada@example.com'), await add('countess@example.com')]
    const found = async (id: string) => (await sendBackend(server, 'GET', `/v1/email_addresses/${id}`)).status
    expect([await found(first), await found(second)]).toEqual([200, 200])
    await browser.send('POST', `/v1/me/email_addresses/${first}/prepare_verification`, { strategy: 'email_code' })
    await browser.send('POST', `/v1/me/email_addresses/${first}/attempt_verification`, { code: '424242' })
    expect(await found(first)).toBe(200)
    await sendBackend(server, 'DELETE', `/v1/email_addresses/${second}`)
    expect([await found(first), await found(second)]).toEqual([200, 404])
    await sendBackend(server, 'DELETE', `/v1/users/${user.id}`)
    expect(await found(first)).toBe(404)
  })
})
