import { formatPublishableKey } from '@acme/schema'
import { createPbkdf2Passwords, createServer } from '@acme/server'
import { createMemoryStorage } from '@acme/server/memory'
import { expect, test } from 'vitest'
import { effectScope, nextTick, watchEffect } from 'vue'
import { toStore } from '../docs/svelte.ts'
import { useSnapshot } from '../docs/vue.ts'
import { createFrontend, fetchWithoutCookies } from '../src/index.ts'

interface Metadata {
  unsafe: { theme?: string }
}

async function openPage() {
  const publishableKey = formatPublishableKey({ instanceType: 'test', host: '127.0.0.1:1' })
  const server = await createServer({
    storage: createMemoryStorage(),
    publishableKey,
    secretKeys: ['sk_test_0123456789'],
    passwords: createPbkdf2Passwords({ iterations: 1 }),
  })
  let token: string | null = null
  const store = {
    get: () => token,
    set(value: string) {
      token = value
    },
  }
  return createFrontend<Metadata>({
    publishableKey,
    fetch: fetchWithoutCookies(store, (request) => server.fetch(request)),
  })
}

const ada = { username: 'ada', password: 'correct horse battery', unsafeMetadata: { theme: 'light' } }

test('a Vue ref follows the user, until its component is gone', async () => {
  const acme = await openPage()
  const seen: unknown[] = []
  const scope = effectScope()
  scope.run(() => {
    const snapshot = useSnapshot(acme)
    watchEffect(() => seen.push(snapshot.value.user?.unsafeMetadata.theme))
  })
  await acme.signUp.create(ada)
  await nextTick()
  await acme.user?.update({ unsafeMetadata: { theme: 'dark' } })
  await nextTick()
  expect(seen).toEqual([undefined, 'light', 'dark'])
  scope.stop()
  await acme.signOut()
  await nextTick()
  expect(seen).toHaveLength(3)
})

test('a Svelte store follows the user, while somebody looks', async () => {
  const acme = await openPage()
  const seen: unknown[] = []
  const store = toStore(acme)
  await acme.signUp.create(ada)
  const end = store.subscribe(({ user }) => seen.push(user?.unsafeMetadata.theme))
  await acme.user?.update({ unsafeMetadata: { theme: 'dark' } })
  expect(seen.at(-1)).toBe('dark')
  const { length } = seen
  end()
  await acme.signOut()
  expect(seen).toHaveLength(length)
})
