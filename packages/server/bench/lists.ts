// Prints what lists and counts cost on SQLite beside one getUser, measured in turns in one run, and for how long each
// keeps the thread from answering others:
//   node --conditions=@acme/source packages/server/bench/lists.ts [users, 100000] [file: kept, and used again when there]
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createServer, type Storage, type UserFilter, type UserOrder, type UserQuery } from '../src/index.ts'
import { createSqliteStorage } from '../src/storage/sqlite/sqlite-storage.ts'

const total = Number(process.argv[2] ?? 100_000)
const folder = mkdtempSync(join(tmpdir(), 'acme-lists-'))
const file = process.argv[3] ?? join(folder, 'acme.db')
process.on('exit', () => rmSync(folder, { recursive: true }))

const rounds = 15
const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
const syllables =
  'an be cor da el fi gu ha in jo ka lu mi no or pe qui ra so tu vi wa xe ya zo chen sha tri lor mon'.split(' ')
// The same numbers in every run (Park and Miller).
let seed = 42
const below = (limit: number) => {
  seed = (seed * 48_271) % 2_147_483_647
  return seed % limit
}
const word = (length: number) => Array.from({ length }, () => syllables[below(syllables.length)]).join('')

const page: UserQuery = { filter: {}, orderBy: 'created_at', direction: 'descending', limit: 10, offset: 0 }
const isNew = !existsSync(file)
const opened = performance.now()
const storage = createSqliteStorage({ database: new DatabaseSync(file) })
console.log(`opened in ${(performance.now() - opened).toFixed(0)} ms`)
const server = await createServer({
  storage,
  publishableKey: `pk_test_${btoa('127.0.0.1:8787$')}`,
  secretKeys: [`sk_test_${'0'.repeat(32)}`],
})
if (isNew) await fill(storage)
console.log(
  `${((statSync(file).size + (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0)) / total).toFixed(0)} bytes of database a user, ` +
    `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB of memory`,
)

async function fill(storage: Storage): Promise<void> {
  const spent = process.cpuUsage()
  let took = 0
  let slowest = 0
  for (let done = 0; done < total; done += 1_000) {
    const bodies = Array.from({ length: Math.min(1_000, total - done) }, (_, index) => {
      const [first, last] = [word(2), word(3)]
      return {
        external_id: `ext_${below(1e9)}_${done + index}`,
        username: `${first}.${done + index}`,
        first_name: first,
        last_name: last,
        email_address: [
          `${first}.${last}.${done + index}@${['example.com', 'mail.example.org', 'company.test'][below(3)]}`,
        ],
        public_metadata: { plan: ['free', 'pro'][below(2)] as string, seats: below(100) },
        private_metadata: { customer: `cus_${below(1e9)}` },
        unsafe_metadata: { theme: 'dark', language: 'en' },
      }
    })
    const start = performance.now()
    await server.createUsers(bodies)
    took += performance.now() - start
    slowest = Math.max(slowest, performance.now() - start)
  }
  const cpu = process.cpuUsage(spent)
  console.log(
    `createUsers: ${Math.round((total / took) * 1_000)} a second (${((took * 1_000) / total).toFixed(1)} us each, ` +
      `${((cpu.user + cpu.system) / total).toFixed(1)} us of CPU), slowest thousand ${slowest.toFixed(0)} ms`,
  )
  const some = await storage.listUsers({ ...page, limit: Math.ceil(total / 10) })
  for (const [index, user] of some.entries()) {
    const row = {
      ...user,
      lastSignInAt: user.createdAt + below(1e6),
      lastActiveAt: user.createdAt + below(1e6),
      ...(index % 50 === 0 && { isBanned: true }),
    }
    const written = storage.transact({ reads: [], decide: () => ({ writes: [{ put: 'users', row }], result: null }) })
    if (index % 1_000 === 0) await written
  }
}

const middle = (await storage.listUsers({ ...page, offset: Math.floor(total / 2), limit: 1 }))[0]
if (!middle) throw new Error('there are no users')
const { id, username, externalId, emailAddresses, createdAt } = middle
const email = emailAddresses[0]?.emailAddress ?? ''
const list = (filter: UserFilter, more: Partial<UserQuery> = {}) => storage.listUsers({ ...page, filter, ...more })
const orders: readonly UserOrder[] = [
  'created_at',
  'updated_at',
  'last_sign_in_at',
  'last_active_at',
  'email_address',
  'username',
  'first_name',
  'last_name',
  'id',
]

const touch = () =>
  storage.transact({
    reads: [{ collection: 'users', id }],
    decide(rows) {
      const user = rows.get('users', id)
      if (!user) throw new Error('the user is gone')
      const row = { ...user, version: user.version + 1, updatedAt: Date.now() }
      return { writes: [{ put: 'users', row }], result: null }
    },
  })

const tasks: Record<string, () => Promise<unknown>> = {
  getUser: () => storage.find('users', id),
  'a change of one user': touch,
  'userIds: one': () => list({ userIds: [id] }),
  'emailAddresses: one': () => list({ emailAddresses: [email] }),
  'emailAddresses: nobody': () => list({ emailAddresses: ['nobody@example.com'] }),
  'usernames: one': () => list({ usernames: [username ?? ''] }),
  'externalIds: one': () => list({ externalIds: [externalId ?? ''] }),
  ...Object.fromEntries(
    orders.flatMap((orderBy) => [
      [`first page by ${orderBy}, up`, () => list({}, { orderBy, direction: 'ascending' })],
      [`first page by ${orderBy}, down`, () => list({}, { orderBy })],
    ]),
  ),
  'page 1,000 by created_at': () => list({}, { offset: 9_990 }),
  'page 1,000 by last_name': () => list({}, { orderBy: 'last_name', offset: 9_990 }),
  'page 1,000 of 500 by last_name': () => list({}, { orderBy: 'last_name', offset: 499_500, limit: 500 }),
  'the page after a user': () => list({}, { after: middle }),
  'all but one external id': () => list({ notExternalIds: [externalId ?? ''] }),
  banned: () => list({ isBanned: true }),
  'banned by last_name': () => list({ isBanned: true }, { orderBy: 'last_name' }),
  'not banned by last_name': () => list({ isBanned: false }, { orderBy: 'last_name' }),
  'created before one, by created_at': () => list({ createdAtBefore: createdAt }),
  'created before one, by last_name': () => list({ createdAtBefore: createdAt }, { orderBy: 'last_name' }),
  'signed in after one, by last_sign_in_at': () =>
    list({ lastSignInAtAfter: createdAt }, { orderBy: 'last_sign_in_at' }),
  'signed in after one, by created_at': () => list({ lastSignInAtAfter: createdAt }),
  'query: nobody': () => list({ query: 'nobody at all' }),
  'query: one': () => list({ query: email.slice(2, -2) }),
  'query: part of an id': () => list({ query: id.slice(14, 22) }),
  'query: many': () => list({ query: 'chenlor' }),
  'query: many, by e-mail': () => list({ query: 'chenlor' }, { orderBy: 'email_address' }),
  'query: all': () => list({ query: 'user_' }),
  'query: a third, by last_name': () => list({ query: '@example.com' }, { orderBy: 'last_name' }),
  'query: a third, page 1,000': () => list({ query: '@example.com' }, { offset: 9_990 }),
  'query: 2 characters, many': () => list({ query: 'ch' }),
  'query: 1 character, nobody': () => list({ query: '%' }),
  'query: 2 characters, nobody': () => list({ query: '字典' }),
  'emailAddressQuery: many': () => list({ emailAddressQuery: 'chenlor' }),
  'usernameQuery: nobody': () => list({ usernameQuery: 'nobody at all' }),
  'usernameQuery: nobody, of frequent parts': () => list({ usernameQuery: 'example' }),
  'nameQuery: many, by last_name': () => list({ nameQuery: 'chen' }, { orderBy: 'last_name' }),
  'nameQuery: 2 characters': () => list({ nameQuery: 'qu' }),
  'count of all': () => storage.countUsers({}),
  'count of banned': () => storage.countUsers({ isBanned: true }),
  'count of not banned': () => storage.countUsers({ isBanned: false }),
  'count of created before one': () => storage.countUsers({ createdAtBefore: createdAt }),
  'count of one e-mail address': () => storage.countUsers({ emailAddresses: [email] }),
  'count of query: nobody': () => storage.countUsers({ query: 'nobody at all' }),
  'count of query: many': () => storage.countUsers({ query: 'chenlor' }),
  'count of query: a third': () => storage.countUsers({ query: '@example.com' }),
  'count of query: 1 character': () => storage.countUsers({ query: 'q' }),
}

declare const setImmediate: (run: () => void) => void

/** How long a task takes, in milliseconds. */
async function timeOf(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await task()
  return performance.now() - start
}

/** The longest time, while a task ran, in which nobody else was served. */
async function holdOf(task: () => Promise<unknown>): Promise<number> {
  let isOver = false
  let held = 0
  let last = performance.now()
  const look = () => {
    held = Math.max(held, performance.now() - last)
    last = performance.now()
    if (!isOver) setImmediate(look)
  }
  setImmediate(look)
  await task()
  isOver = true
  return Math.max(held, performance.now() - last)
}

const took: Record<string, number[]> = {}
const held: Record<string, number> = {}
for (let round = 0; round < rounds; round++) {
  for (const [name, task] of Object.entries(tasks)) {
    // What takes long is measured less often.
    if (round > 3 && median(took[name] ?? []) > 100) continue
    if (round === 1) held[name] = await holdOf(task)
    const each = await timeOf(task)
    // The first round warms up.
    if (round > 0) took[name] = [...(took[name] ?? []), each]
  }
}
const one = median(took['getUser'] ?? [])
console.log(`${total} users`.padEnd(44), 'median ms   getUsers   longest hold ms')
for (const [name, times] of Object.entries(took)) {
  const each = median(times)
  console.log(
    name.padEnd(44),
    each.toFixed(3).padStart(9),
    (each / one).toFixed(1).padStart(10),
    (held[name] ?? Number.NaN).toFixed(1).padStart(17),
  )
}
await server.close()
