import { type Frontend, fetchWithoutCookies } from '@acme/frontend'
import {
  AcmeProvider,
  SignedIn,
  SignedOut,
  useAcme,
  useSession,
  useSignIn,
  useSignUp,
  useUnsafeMetadata,
  useUser,
} from '@acme/frontend/react'
import { StrictMode } from 'react'
import { expect, test, vi } from 'vitest'
import { type Metadata, mock, newFrontend, show, until, usePage } from './page.tsx'
// @ts-expect-error - JavaScript, as the guides have it
import { Birthday } from './seed.jsx'

usePage()

function Who() {
  const { isLoaded, isSignedIn, user, error } = useUser<Metadata>()
  if (!isLoaded) return <p>{error ? `failed: ${error.name}` : 'loading'}</p>
  return <p>{isSignedIn ? `${user.username} on ${user.publicMetadata.plan}` : 'nobody'}</p>
}

test('the component it began with works as it is written', async () => {
  await mock.signInAs('ada')
  const { element } = show(<Birthday />)
  await until(element, 'theme: light')
  element.querySelector('button')?.click()
  await until(element, 'theme: dark')
  expect((await mock.users.get('ada')).unsafeMetadata).toEqual({ theme: 'dark' })
})

test('who is signed in is not known, then known, and changes with sign-in and sign-out', async () => {
  mock.delay(200)
  const { element, frontend } = show(
    <>
      <Who />
      <SignedIn>in</SignedIn>
      <SignedOut>out</SignedOut>
    </>,
  )
  await until(element, /^loading$/)
  await until(element, /^nobodyout$/)
  await frontend.signIn.create({ identifier: 'bea', password: 'correct horse battery' })
  await until(element, /^bea on undefinedin$/)
  await frontend.signOut()
  await until(element, /^nobodyout$/)
})

test('a frontend that cannot be loaded says why', async () => {
  mock.fail({ path: '/v1/client', status: 404 })
  const { element, frontend } = show(<Who />)
  await until(element, 'failed: ApiError')
  await frontend.load()
  await until(element, 'nobody')
})

test('sign-up, sign-in, session and the frontend itself have a hook each', async () => {
  function Form() {
    const signUp = useSignUp<Metadata>()
    const signIn = useSignIn()
    const session = useSession()
    const acme = useAcme<Metadata>()
    const begin = async () => {
      await signUp.create({ emailAddress: 'new@example.com', unsafeMetadata: { theme: 'dark' } })
      await acme.signUp.prepareVerification()
      await acme.signUp.attemptVerification({ code: '424242' })
    }
    return (
      <button type="button" onClick={begin}>
        {signUp.status ?? 'none'} {signIn.status ?? 'none'} {session === undefined ? '?' : session ? 'in' : 'out'}
      </button>
    )
  }
  const { element, frontend } = show(<Form />)
  await until(element, 'none none out')
  element.querySelector('button')?.click()
  await until(element, 'none none in')
  expect(frontend.user?.unsafeMetadata).toEqual({ theme: 'dark' })
})

test('without a provider a hook says what is missing', () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(() => useUser.call(undefined)).toThrow()
  error.mockRestore()
})

function Editor({ patch }: { readonly patch: Metadata['unsafe'] }) {
  const { value, set, isSaving, error, bytes } = useUnsafeMetadata<Metadata>()
  return (
    <button type="button" onClick={() => set(patch)}>
      {JSON.stringify(value)} {isSaving ? 'saving' : 'saved'} {bytes.used}/{bytes.left} {error?.code}
    </button>
  )
}

test('an edit shows at once, and stays when it was saved', async () => {
  await mock.signInAs('ada')
  const { element } = show(<Editor patch={{ theme: 'dark' }} />)
  await until(element, '{"theme":"light","lang":"en"} saved 29/8163')
  mock.delay(200)
  element.querySelector('button')?.click()
  await until(element, '{"theme":"dark","lang":"en"} saving 28/8164')
  expect((await mock.users.get('ada')).unsafeMetadata).toMatchObject({ theme: 'light' })
  await until(element, '{"theme":"dark","lang":"en"} saved 28/8164')
  expect((await mock.users.get('ada')).unsafeMetadata).toMatchObject({ theme: 'dark' })
})

test('an edit that the server refuses is taken back, with the reason', async () => {
  await mock.signInAs('ada')
  const { element } = show(<Editor patch={{ theme: 'x'.repeat(9_000) }} />)
  await until(element, 'light')
  mock.delay(100)
  element.querySelector('button')?.click()
  await until(element, 'xxxxx')
  await until(element, '{"theme":"light","lang":"en"} saved 29/8163 form_param_exceeds_allowed_size')
  mock.delay(0)
  mock.fail({ method: 'PATCH', status: 403 })
  element.querySelector('button')?.click()
  await until(element, /light.*mock_failure/)
})

test('edits made in haste are saved in the order they were made, also by functions', async () => {
  await mock.signInAs('ada')
  function List() {
    const { value, set } = useUnsafeMetadata<number[], Metadata>(({ list = [] }) => list as number[])
    const add = () => {
      for (const next of [1, 2, 3, 4, 5]) void set(({ list = [] }) => ({ list: [...list, next] }))
    }
    return (
      <button type="button" onClick={add}>
        {value.join()}
      </button>
    )
  }
  const { element, frontend } = show(<List />)
  await frontend.load()
  mock.delay(20)
  element.querySelector('button')?.click()
  await until(element, /^1,2,3,4,5$/)
  await expect.poll(() => mock.requests.filter(({ status }) => status).length).toBe(6)
  const sent = mock.requests.slice(1).map(({ body }) => JSON.stringify(body?.['unsafe_metadata']))
  expect(sent).toEqual(['[1]', '[1,2]', '[1,2,3]', '[1,2,3,4]', '[1,2,3,4,5]'].map((list) => `{"list":${list}}`))
  expect((await mock.users.get('ada')).unsafeMetadata.list).toEqual([1, 2, 3, 4, 5])
})

test('a component renders again only when its slice changes, or what else it looks at', async () => {
  await mock.signInAs('ada')
  const renders = { theme: 0, lang: 0, saving: 0 }
  function Theme() {
    renders.theme++
    return <i>{useUnsafeMetadata<string | undefined, Metadata>(({ theme }) => theme).value}</i>
  }
  function Lang() {
    renders.lang++
    const { value, set } = useUnsafeMetadata<string | undefined, Metadata>(({ lang }) => lang)
    return (
      <button type="button" onClick={() => set({ lang: 'fr' })}>
        {value}
      </button>
    )
  }
  function Saving() {
    renders.saving++
    return <b>{`${useUnsafeMetadata<null, Metadata>(() => null).isSaving}`}</b>
  }
  const { element } = show(
    <>
      <Theme />
      <Lang />
      <Saving />
    </>,
  )
  await until(element, 'lightenfalse')
  const before = { ...renders }
  mock.delay(50)
  element.querySelector('button')?.click()
  await until(element, 'lightfrtrue')
  await until(element, 'lightfrfalse')
  expect(renders).toEqual({ theme: before.theme, lang: before.lang + 1, saving: before.saving + 2 })
})

test('two tabs show the same soon after each edit, and after a sign-out', async () => {
  await mock.signInAs('ada')
  const [one, other] = [show(<Editor patch={{ theme: 'dark' }} />), show(<Editor patch={{ lang: 'fr' }} />)]
  await until(one.element, 'light')
  await until(other.element, 'light')
  one.element.querySelector('button')?.click()
  await until(other.element, '{"theme":"dark","lang":"en"}')
  other.element.querySelector('button')?.click()
  await until(one.element, '{"theme":"dark","lang":"fr"}')
  await one.frontend.signOut()
  await expect.poll(() => other.frontend.user).toBeNull()
  // Nothing is left to be said: the tabs do not keep each other busy.
  const asked = mock.requests.length
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(mock.requests).toHaveLength(asked)
})

/** A frontend that counts who listens. */
function counted(): { frontend: Frontend<Metadata>; listeners(): number } {
  const frontend = newFrontend()
  let listeners = 0
  const { subscribe } = frontend
  frontend.subscribe = (listener) => {
    const end = subscribe(listener)
    listeners++
    return () => {
      listeners--
      end()
    }
  }
  return { frontend, listeners: () => listeners }
}

test('StrictMode’s double mount leaves one subscription, and unmounting none', async () => {
  await mock.signInAs('ada')
  const { frontend, listeners } = counted()
  const { element, unmount } = show(
    <StrictMode>
      <Who />
    </StrictMode>,
    { frontend },
  )
  await until(element, 'ada on pro')
  // That of the component, and that which tells the other tabs.
  expect(listeners()).toBe(2)
  unmount()
  expect(listeners()).toBe(0)
})

test('another frontend takes the place of the one before', async () => {
  await mock.signInAs('ada')
  const kept = new Map<'token', string>()
  const store = { get: () => kept.get('token') ?? null, set: (token: string) => void kept.set('token', token) }
  const { createFrontend } = await import('@acme/frontend')
  const anonymous = createFrontend<Metadata>({ publishableKey: mock.publishableKey, fetch: fetchWithoutCookies(store) })
  const { element } = show(
    <>
      <Who />
      <AcmeProvider frontend={anonymous}>
        <Who />
      </AcmeProvider>
    </>,
  )
  await until(element, 'ada on pronobody')
})

test('edits that are under way are not shown to the next who signs in, nor sent for them', async () => {
  await mock.signInAs('ada')
  const { element, frontend } = show(<Editor patch={{ theme: 'dark' }} />)
  await until(element, 'light')
  mock.delay(300)
  const button = element.querySelector('button')
  button?.click()
  button?.click()
  await until(element, '{"theme":"dark","lang":"en"} saving')
  const signedOut = frontend.signOut()
  mock.delay(0)
  await signedOut
  const seen: string[] = []
  const end = frontend.subscribe(() => setTimeout(() => seen.push(`${element.textContent}`)))
  await frontend.signIn.create({ identifier: 'bea', password: 'correct horse battery' })
  await until(element, /^\{\} saved 2\/8190 $/)
  await expect.poll(() => mock.requests.every(({ status }) => status)).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(element.textContent).toBe('{} saved 2/8190 ')
  expect(seen.join()).not.toContain('dark')
  expect((await mock.users.get('bea')).unsafeMetadata).toEqual({})
  end()
})
