// What runs in the page: both clients of the Frontend API, behind one set of words.
import { createFrontend, type Frontend } from '@acme/frontend'
import { Clerk } from '@clerk/clerk-js/no-rhc'
import { ClerkProvider, useUser } from '@clerk/react'
import { createRoot } from 'react-dom/client'
import type { Outcome, PageClient, Shown } from './clients.ts'
import { runOwn } from './own-refusal.ts'

/** Where a page's client finds its server. */
export interface PagePlace {
  readonly publishableKey: string
  readonly proxyUrl: string
}

interface UserLike {
  readonly id: string
  readonly username: string | null
  readonly firstName: string | null
  readonly unsafeMetadata: unknown
  readonly publicMetadata: unknown
}

function show(user: UserLike | null | undefined): Shown {
  return {
    userId: user?.id ?? null,
    username: user?.username ?? null,
    firstName: user?.firstName ?? null,
    unsafeMetadata: user?.unsafeMetadata ?? null,
    publicMetadata: user?.publicMetadata ?? null,
    all: JSON.stringify(user ?? null),
  }
}

function own({ publishableKey }: PagePlace): PageClient {
  const acme: Frontend<unknown> = createFrontend<unknown>({ publishableKey })
  const shown = (call: () => Promise<unknown>) =>
    runOwn(async () => {
      await call()
      return show(acme.user)
    })
  return {
    load: () => shown(() => acme.load()),
    // Past the compiler, which refuses what a page may not set: so must the server.
    signUp: (params) => shown(() => acme.signUp.create(params as object)),
    verifyEmailAddress: (code) =>
      shown(async () => (await acme.signUp.prepareVerification()).attemptVerification({ code })),
    signIn: (identifier, password) => shown(() => acme.signIn.create({ identifier, password })),
    signInByCode: (identifier, code) =>
      shown(async () => {
        const begun = await acme.signIn.create({ identifier })
        await (await begun.prepareFirstFactor()).attemptFirstFactor({ code })
      }),
    update: (params) => shown(async () => acme.user?.update(params)),
    updateMetadata: (params) => shown(async () => acme.user?.updateMetadata(params)),
    reload: () => shown(async () => acme.user?.reload()),
    deleteUser: () => shown(async () => acme.user?.delete()),
    getToken: () => runOwn(async () => (await acme.session?.getToken()) ?? ''),
    signOut: () => shown(() => acme.signOut()),
  }
}

function official({ publishableKey, proxyUrl }: PagePlace): PageClient {
  const clerk = new Clerk(publishableKey, { proxyUrl })
  // Stays where it is, where Clerk would go to another page.
  const stay = async () => {}
  Object.assign(globalThis, { clerk })
  async function run<T>(call: () => Promise<T>): Promise<Outcome<T>> {
    try {
      return { value: await call() }
    } catch (error) {
      const { status, errors } = error as {
        status?: number
        errors?: { code: string; meta?: { paramName?: string } }[]
      }
      if (!errors) throw error
      return { refusal: { status, code: errors[0]?.code, param: errors[0]?.meta?.paramName } }
    }
  }
  const shown = (call: () => Promise<unknown>) =>
    run(async () => {
      await call()
      return show(clerk.user)
    })
  const signUpNow = () => {
    if (!clerk.client) throw new Error('not loaded')
    return clerk.client.signUp
  }
  const signInNow = () => {
    if (!clerk.client) throw new Error('not loaded')
    return clerk.client.signIn
  }
  const activate = async ({
    status,
    createdSessionId: session,
  }: {
    status: string | null
    createdSessionId: string | null
  }) => {
    if (status === 'complete') await clerk.setActive({ session })
  }
  return {
    load: () => shown(() => clerk.load({ telemetry: false, routerPush: stay, routerReplace: stay })),
    signUp: (params) => shown(async () => activate(await signUpNow().create(params as never))),
    verifyEmailAddress: (code) =>
      shown(async () => {
        await signUpNow().prepareEmailAddressVerification({ strategy: 'email_code' })
        await activate(await signUpNow().attemptEmailAddressVerification({ code }))
      }),
    signIn: (identifier, password) =>
      shown(async () => activate(await signInNow().create({ strategy: 'password', identifier, password }))),
    signInByCode: (identifier, code) =>
      shown(async () => {
        const begun = await signInNow().create({ identifier })
        const factor = begun.supportedFirstFactors?.find(({ strategy }) => strategy === 'email_code')
        if (factor?.strategy !== 'email_code') throw new Error('no code can be sent')
        await begun.prepareFirstFactor({ strategy: 'email_code', emailAddressId: factor.emailAddressId })
        await activate(await begun.attemptFirstFactor({ strategy: 'email_code', code }))
      }),
    update: (params) => shown(async () => clerk.user?.update(params)),
    updateMetadata: (params) => shown(async () => clerk.user?.updateMetadata(params as never)),
    reload: () => shown(async () => clerk.user?.reload()),
    deleteUser: () => shown(async () => clerk.user?.delete()),
    getToken: () => run(async () => (await clerk.session?.getToken()) ?? ''),
    signOut: () => shown(() => clerk.signOut()),
  }
}

/** Shows the user by the hooks of `@clerk/react`, over a Clerk of their own. */
function hooks({ publishableKey, proxyUrl }: PagePlace): void {
  function Theme() {
    const { isLoaded, isSignedIn, user } = useUser()
    if (!isLoaded) return <p>loading</p>
    if (!isSignedIn) return <p>nobody</p>
    const edit = () => user.update({ unsafeMetadata: { ...user.unsafeMetadata, theme: 'dark' } })
    return (
      <button type="button" onClick={edit}>
        {`${user.username}: ${user.unsafeMetadata['theme']}`}
      </button>
    )
  }
  const element = document.body.appendChild(document.createElement('div'))
  createRoot(element).render(
    <ClerkProvider
      Clerk={new Clerk(publishableKey, { proxyUrl }) as never}
      publishableKey={publishableKey}
      proxyUrl={proxyUrl}
      telemetry={false}
    >
      <Theme />
    </ClerkProvider>,
  )
}

Object.assign(globalThis, { clients: { own, official }, hooks })
