import { beforeAll, expect, test } from 'vitest'
import { scaled } from '../../conformance/scaled.ts'
import { createPbkdf2Passwords, type Server } from '../src/index.ts'
import { createMemoryStorage } from '../src/storage/memory/memory-storage.ts'
import { addressOf, password, startHiding, strangerAt, ways, withoutChance } from './enumeration-setup.ts'

const trials = scaled(1_000)
const known = (index: number) => `user_${index}@example.com`
const unknown = (index: number) => `none_${index}@example.com`

let server: Server
let now = Date.UTC(2026, 0, 1)

beforeAll(async () => {
  const passwords = createPbkdf2Passwords({ iterations: 1 })
  server = await startHiding({ storage: createMemoryStorage(), passwords, clock: () => now })
  await server.createUsers([
    ...Array.from({ length: trials }, (_, index) => ({ email_address: [known(index)], password })),
    { username: 'mallory', password },
  ])
})

test.each(Object.entries(ways))('%s tells nobody who has an account', async (_, way) => {
  let address = ''
  const mallory = strangerAt(server, () => address)
  for (let index = 0; index < trials; index++) {
    now += 60_000
    address = addressOf(index)
    await mallory.post('/v1/client/sign_ins', { strategy: 'password', identifier: 'mallory', password })
    const seen = []
    for (const identifier of [known(index), unknown(index)]) {
      const answers = await way(mallory, identifier)
      seen.push(answers.map(({ status, text }) => [status, withoutChance(text, identifier)]))
    }
    expect(seen[0]).toEqual(seen[1])
  }
})

test('what is compared tells two people apart where anything does', async () => {
  const stranger = strangerAt(server, () => addressOf(1))
  const right = { strategy: 'password', identifier: known(0), password }
  const seen = []
  for (const identifier of [known(0), unknown(0)]) {
    const { status, text } = await stranger.post('/v1/client/sign_ins', { ...right, identifier })
    seen.push([status, withoutChance(text, identifier)])
  }
  expect(seen[0]).not.toEqual(seen[1])
})
