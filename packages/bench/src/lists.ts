import type { AcmeReady } from './acme-server.ts'
import type { Bench } from './bench.ts'
import type { Child } from './child.ts'
import { spreadOf } from './compare.ts'
import { userBody } from './fill-with-users.ts'
import type { LoadResult, Requests } from './load.ts'
import { oneByOne, timesAsLong } from './measure.ts'
import { authorization, getUsers } from './requests.ts'
import { most } from './row.ts'

const orders = [
  'created_at',
  'updated_at',
  'last_sign_in_at',
  'last_active_at',
  'email_address',
  'username',
  'first_name',
  'last_name',
]

/** The questions that lists are asked, of so many users. */
function questionsOf(url: string, users: number): Readonly<Record<string, Requests>> {
  const one = userBody(Math.floor(users / 2))
  const ask = (query: Readonly<Record<string, string>>, path = '/v1/users'): Requests => ({
    url,
    method: 'GET',
    paths: [`${path}?${new URLSearchParams(query)}`],
    headers: authorization,
  })
  return {
    'emailAddress: [one]': ask({ email_address: one.email_address[0] as string }),
    'username: [one]': ask({ username: one.username }),
    'externalId: [one]': ask({ external_id: one.external_id }),
    ...Object.fromEntries(
      orders.flatMap((order) => [
        [`first page by ${order}`, ask({ order_by: order })],
        [`first page by -${order}`, ask({ order_by: `-${order}` })],
      ]),
    ),
    'page 1,000 by created_at': ask({ offset: String(Math.min(9_990, users - 10)) }),
    'page 1,000 by last_name': ask({ offset: String(Math.min(9_990, users - 10)), order_by: 'last_name' }),
    'query: one user': ask({ query: (one.email_address[0] as string).slice(2, -2) }),
    'query: nobody': ask({ query: 'nobody at all' }),
    'query: many': ask({ query: 'chenlor' }),
    'query: a third of all': ask({ query: '@example.com' }),
    'query: many, by last_name': ask({ query: 'chenlor', order_by: 'last_name' }),
    count: ask({}, '/v1/users/count'),
    'count of query: nobody': ask({ query: 'nobody at all' }, '/v1/users/count'),
  }
}

/** How long lists take beside `getUser` at many users, and what becomes of others meanwhile. */
export async function lists(bench: Bench, where: string, acme: Child<AcmeReady>): Promise<void> {
  const { generator, settings, show } = bench
  const { ready } = acme
  const plain = getUsers(ready)
  const questions = questionsOf(ready.url, settings.users)
  const turn = settings.duration / 5
  const users = settings.users.toLocaleString('en')
  const measured = await timesAsLong(generator, plain, questions, Math.min(5, settings.rounds), turn)
  for (const [what, { times, took }] of Object.entries(measured)) {
    const goal = /many|third|^count/.test(what) ? undefined : most(10)
    const note = `${took.toFixed(2)} ms`
    show({
      what: `${where}, ${users} users: ${what}`,
      against: 'getUser',
      figure: times,
      unit: 'times',
      note,
      ...(goal && { goal }),
    })
  }
  const all = Object.values(questions)
  const slowest: number[] = []
  for (let round = 0; round < settings.rounds; round++) {
    const [beside] = await Promise.all([
      bench.second.ask<LoadResult>(oneByOne(plain, settings.duration)),
      generator.ask<LoadResult>({ requests: all, connections: all.length, duration: settings.duration }),
    ])
    slowest.push(beside.slowest)
  }
  show({
    what: `${where}, ${users} users: the slowest getUser while all of these are asked at once`,
    against: '',
    figure: spreadOf(slowest),
    unit: 'ms',
    goal: most(100),
    note: '',
  })
}
