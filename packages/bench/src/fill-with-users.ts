import type { Server, Storage } from '@acme/server'

const syllables =
  'an be cor da el fi gu ha in jo ka lu mi no or pe qui ra so tu vi wa xe ya zo chen sha tri lor mon'.split(' ')

/** The body of the n-th user, who is the same in every run. */
export function userBody(index: number) {
  // Park and Miller, from another place for each user.
  let seed = ((index + 1) * 48_271) % 2_147_483_647
  const below = (limit: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % limit
  }
  const word = (length: number) => Array.from({ length }, () => syllables[below(syllables.length)]).join('')
  const [first, last] = [word(2), word(3)]
  const domain = ['example.com', 'mail.example.org', 'company.test'][below(3)]
  return {
    external_id: `ext_${below(1e9)}_${index}`,
    username: `${first}.${index}`,
    first_name: first,
    last_name: last,
    email_address: [`${first}.${last}.${index}@${domain}`],
    public_metadata: {
      plan: ['free', 'pro'][below(2)] as string,
      seats: below(100),
      features: ['export', 'sso', 'audit', 'api'].slice(below(4)),
    },
    private_metadata: { customer: `cus_${below(1e9)}`, notes: `${word(12)} ${word(12)} ${word(12)}` },
    unsafe_metadata: { theme: 'dark', language: 'en', editor: { tabs: 2, font: 'mono', size: 14 } },
  }
}

/** Makes the users that are missing, a thousand at a time; gives how many a second, or undefined when none were. */
export async function fillWithUsers(server: Server, storage: Storage, users: number): Promise<number | undefined> {
  const before = await storage.countUsers({})
  if (before >= users) return undefined
  const start = performance.now()
  for (let done = before; done < users; done += 1_000) {
    const bodies = Array.from({ length: Math.min(1_000, users - done) }, (_, index) => userBody(done + index))
    await server.createUsers(bodies)
  }
  return ((users - before) / (performance.now() - start)) * 1_000
}
