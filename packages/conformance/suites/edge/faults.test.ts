import { createBackend } from '@acme/backend'
import { createFrontend, fetchWithoutCookies } from '@acme/frontend'
import { formatPublishableKey, isAcmeError, type Outcome } from '@acme/schema'
import { expect, test } from 'vitest'
import { type Fault, faults, planHeader, startFaultProxy, workerHeader } from '../../fault-proxy.ts'
import { scaled } from '../../scaled.ts'
import { forEachAtOnce, forEachStorage } from '../../servers.ts'

const workers = 20
const calls = scaled(2_000 / workers) * workers
const timeouts = { timeout: 150, totalTimeout: 500 }
/** What takes longer than this hangs, however busy this machine is: it would wait for minutes. */
const hangs = 30_000
/** For what prepares a trial, which must not depend on how busy this machine is. */
const patient = { timeout: 60_000, totalTimeout: 60_000 }

/** One call of an SDK, and how often its effect is to be found on the server. */
interface Trial {
  readonly run: () => Promise<unknown>
  /** How often it has happened so far; undefined for a read, which has no effect. */
  readonly count?: (() => Promise<number>) | undefined
}

/** A generator of numbers that is the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

forEachStorage((served, name) => {
  test('calls through a network that fails: nothing happens twice, hangs, or fails untyped', async () => {
    const { place, wire } = served()
    const proxy = await startFaultProxy(place.url)
    const publishableKey = formatPublishableKey({ instanceType: 'test', host: new URL(proxy.url).host })
    const seed = Date.now() & 0x7fffffff
    const wrong: string[] = []
    const tally: Record<string, number> = {}
    const rejections: unknown[] = []
    const onRejection = (reason: unknown) => void rejections.push(reason)
    process.on('unhandledRejection', onRejection)

    const versionOf = async (userId: string) =>
      (await wire.backend('GET', `/v1/users/${userId}`)).json.version as number
    const countOf = async (query: string) =>
      (await wire.backend('GET', `/v1/users/count?${query}`)).json.total_count as number

    async function work(worker: string, random: () => number, share: number) {
      proxy.plan(worker, [])
      const send = (request: Request) => {
        request.headers.set(workerHeader, worker)
        request.headers.set(planHeader, `${proxy.planOf(worker)}`)
        // Nobody listens on port 9 of this machine.
        if (proxy.takeRefused(worker))
          return fetch(new Request(request.url.replace(proxy.url, 'http://127.0.0.1:9'), request))
        return fetch(request)
      }
      const newBackend = () =>
        createBackend<unknown>({ secretKey: place.secretKey, apiUrl: proxy.url, fetch: send, ...timeouts })
      let backend = newBackend()
      const newFrontend = async () => {
        const kept = { token: '' }
        const store = { get: () => kept.token, set: (token: string) => void Object.assign(kept, { token }) }
        const frontend = createFrontend<unknown>({
          publishableKey,
          fetch: fetchWithoutCookies(store, send),
          ...timeouts,
        })
        await frontend.load(patient)
        return { frontend, kept }
      }
      const password = 'correct horse battery'
      const signedUp = async (username: string) => {
        const browser = await newFrontend()
        await browser.frontend.signUp.create({ username, password }, patient)
        const { user } = browser.frontend
        if (!user) throw new Error('not signed in')
        return { ...browser, userId: user.id }
      }
      const sessionsOf = async (token: string) => {
        const { json } = await wire.send({
          method: 'GET',
          path: '/v1/client?_is_native=1',
          headers: { authorization: token },
        })
        return json.response?.sessions.length ?? 0
      }

      let made = 0
      const newName = () => `w${worker}_${made++}`
      const person = await signedUp(newName())
      const updates = () => versionOf(person.userId)
      const me = () => {
        const { user } = person.frontend
        if (!user) throw new Error('not signed in')
        return user
      }

      const trials: (() => Promise<Trial> | Trial)[] = [
        () => ({ run: () => backend.users.getUser(person.userId) }),
        () => ({ run: () => backend.users.getUserList({ userId: [person.userId] }) }),
        () => ({ run: () => backend.users.getCount() }),
        () => ({ run: async () => (await backend.users.list({ username: [`w${worker}_0`] }).next()).value }),
        () => ({ run: () => person.frontend.load() }),
        () => ({ run: () => me().reload() }),
        () => ({ run: async () => person.frontend.session?.getToken() }),
        async () => {
          const token = (await person.frontend.session?.getToken(patient)) ?? ''
          return { run: () => backend.tokens.verify(token) }
        },
        () => {
          const value = { publicMetadata: { [newName()]: 1 } }
          return { run: () => backend.users.updateUserMetadata(person.userId, value), count: updates }
        },
        () => {
          const value = { privateMetadata: { only: newName() } }
          return { run: () => backend.users.replaceUserMetadata(person.userId, value), count: updates }
        },
        () => {
          const value = { lastName: newName(), publicMetadata: { only: newName() } }
          return { run: () => backend.users.updateUser(person.userId, value), count: updates }
        },
        () => {
          const firstName = `new${newName()}x`
          const fields = { firstName, skipPasswordRequirement: true, username: newName() }
          return { run: () => backend.users.createUser(fields), count: () => countOf(`name_query=${firstName}`) }
        },
        async () => {
          const username = newName()
          const { json } = await wire.backend('POST', '/v1/users', { username, skip_password_requirement: true })
          const count = async () => 1 - (await countOf(`username=${username}`))
          return { run: () => backend.users.deleteUser(json.id), count }
        },
        () => ({ run: () => me().update({ firstName: newName(), unsafeMetadata: { only: made } }), count: updates }),
        () => ({ run: () => me().updateMetadata({ unsafeMetadata: { [newName()]: 1 } }), count: updates }),
        async () => {
          const { frontend } = await newFrontend()
          const username = newName()
          const run = () => frontend.signUp.create({ username, password, unsafeMetadata: { from: 'ad' } })
          return { run, count: () => countOf(`username=${username}`) }
        },
        async () => {
          const { frontend, kept } = await newFrontend()
          // A client that is known, so that its sessions can be counted.
          await frontend.signIn.create({ identifier: `w${worker}_0` }, patient)
          const before = kept.token
          const run = () => frontend.signIn.create({ identifier: `w${worker}_0`, password })
          return { run, count: async () => (kept.token === before ? Number.NaN : sessionsOf(kept.token)) }
        },
        async () => {
          const { frontend } = await newFrontend()
          const emailAddress = `${newName()}@example.com`
          const begun = await frontend.signUp.create({ emailAddress }, patient)
          const prepared = await begun.prepareVerification(patient)
          const run = () => prepared.attemptVerification({ code: '424242' })
          return { run, count: () => countOf(`email_address=${emailAddress}`) }
        },
        async () => {
          const { frontend } = await newFrontend()
          const begun = await frontend.signUp.create({ emailAddress: `${newName()}@example.com` }, patient)
          return { run: () => begun.prepareVerification() }
        },
        async () => {
          const { frontend } = await newFrontend()
          const begun = await frontend.signUp.create({ firstName: 'Ada' }, patient)
          return { run: () => begun.update({ lastName: 'Lovelace', unsafeMetadata: { from: 'ad' } }) }
        },
        async () => {
          const { frontend } = await newFrontend()
          const begun = await frontend.signIn.create({ identifier: `w${worker}_0` }, patient)
          return { run: () => begun.prepareFirstFactor() }
        },
        async () => {
          const { frontend, kept } = await newFrontend()
          const begun = await frontend.signIn.create({ identifier: `w${worker}_0` }, patient)
          const before = kept.token
          const run = () => begun.attemptFirstFactor({ password })
          return { run, count: async () => (kept.token === before ? Number.NaN : sessionsOf(kept.token)) }
        },
        async () => {
          const { frontend, kept } = await signedUp(newName())
          return { run: () => frontend.signOut(), count: async () => 1 - (await sessionsOf(kept.token)) }
        },
        async () => {
          const username = newName()
          const { frontend } = await signedUp(username)
          const count = async () => 1 - (await countOf(`username=${username}`))
          return { run: async () => frontend.user?.delete(), count }
        },
      ]

      for (let call = 0; call < share; call++) {
        // Now and then an SDK that has not met the server yet, and so may not ask it twice.
        if (random() < 0.2) backend = newBackend()
        proxy.plan(worker, [])
        const index = Math.floor(random() * trials.length)
        const trial = await (trials[index] as (typeof trials)[number])()
        const before = (await trial.count?.()) ?? 0
        const spoiled: (Fault | undefined)[] = [0.9, 0.5, 0.5, 0.3].map((share) =>
          random() < share ? faults[Math.floor(random() * faults.length)] : undefined,
        )
        proxy.plan(worker, spoiled)
        const start = performance.now()
        let outcome: Outcome
        let what = 'done'
        try {
          await trial.run()
          outcome = 'applied'
        } catch (error) {
          if (isAcmeError(error)) {
            outcome = error.outcome
            what = `${error.name} ${outcome}`
          } else {
            outcome = 'unknown'
            what = 'untyped'
            wrong.push(`untyped: ${String(error)}`)
          }
        }
        const took = performance.now() - start
        proxy.plan(worker, [])
        await proxy.idle(worker)
        const shown = `call ${call} of ${worker}, trial ${index}, [${spoiled.join(', ')}]: ${what}`
        tally[what] = (tally[what] ?? 0) + 1
        if (took > hangs) wrong.push(`${shown} took ${Math.round(took)} ms`)
        if (trial.count) {
          const happened = (await trial.count()) - before
          if (happened > 1) wrong.push(`${shown}, but it happened ${happened} times`)
          if (outcome === 'applied' && happened < 1) wrong.push(`${shown}, but it did not happen`)
          if (outcome === 'not_applied' && happened > 0) wrong.push(`${shown}, but it happened`)
        }
      }
    }

    const all = Array.from({ length: workers }, (_, index) => index)
    await forEachAtOnce(all, workers, (index) => work(String(index), randomFrom(seed + index), calls / workers))
    await new Promise((resolve) => setTimeout(resolve, 50))
    process.off('unhandledRejection', onRejection)
    await proxy.close()
    const shown = Object.entries(tally).map(([what, count]) => `${count} ${what}`)
    console.info(
      `${name}: ${calls} calls, ${wrong.length} wrong, ${rejections.length} unhandled (${shown.join(', ')}; seed ${seed})`,
    )
    expect(wrong).toEqual([])
    expect(rejections).toEqual([])
  }, 300_000)
})
