import type { AcmeError, CallOptions, LooseJson, MetadataDefinition, RegisteredMetadata } from '@acme/schema'
import type { Context } from './context.ts'
import { type ApiCall, createFrontendApi } from './frontend-api.ts'
import type { FrontendOptions } from './options.ts'
import { createSession, type Session } from './session.ts'
import { createSignIn, type SignIn } from './sign-in.ts'
import { createSignUp, type SignUp } from './sign-up.ts'
import { createStore } from './store.ts'
import { createUser, type User } from './user.ts'

/** What is known of this browser. It never changes: each change makes a new one. */
export interface Snapshot<M = RegisteredMetadata> {
  /** Whether {@link Frontend.load} has ended; until then nothing is known. */
  readonly isLoaded: boolean
  /** The signed-in user; null when there is none. */
  readonly user: User<M> | null
  readonly session: Session | null
  readonly signUp: SignUp<M>
  readonly signIn: SignIn
  /** This browser, as the server knows it; null while it does not. */
  readonly client: { readonly id: string; readonly updatedAt: Date } | null
}

/** The browser side of an instance. */
export interface Frontend<M = RegisteredMetadata> extends Snapshot<M> {
  /** The instance that it belongs to. */
  readonly publishableKey: string
  /** Finds out who is signed in. Calling it again does nothing more; after a failure it tries again. */
  load(options?: CallOptions): Promise<void>
  /** Finds out anew who is signed in, and what there is to know of them. */
  reload(options?: CallOptions): Promise<void>
  /** Ends the session, or nothing when there is none, or none any more. */
  signOut(options?: CallOptions): Promise<void>
  /** Calls the listener after each change; gives the function that ends it. */
  subscribe(listener: () => void): () => void
  /** Gives what is known: the same object until something changed. */
  getSnapshot(): Snapshot<M>
}

/**
 * Makes the browser side of an instance. The metadata types come from `metadata`, from a type argument
 * (an interface with `public` and `unsafe`), or from what the app registered.
 *
 * @throws AcmeError `publishable_key_invalid` for a key of another form; a secret key is refused.
 *
 * @example
 * const acme = createFrontend({ publishableKey, metadata })
 * await acme.load()
 * await acme.user?.update({ unsafeMetadata: { theme: 'dark' } })
 */
export function createFrontend<M = RegisteredMetadata>(options: FrontendOptions<M>): Frontend<M> {
  const api = createFrontendApi(options)

  const context: Context<M> = {
    isAcme: api.isAcme,
    version: () => store.getSnapshot().user?.version,
    definition: options.metadata as MetadataDefinition | undefined,
    async call(call) {
      const reply = await send(call)
      if (reply['client']) acceptClient(reply['client'] as LooseJson)
      return reply
    },
    acceptUser(json, sessionId) {
      const user = newest(json, sessionId)
      const snapshot = store.getSnapshot()
      if (snapshot.session?.id === sessionId && snapshot.user !== user) store.set({ ...snapshot, user })
      return user
    },
    async end(call) {
      // No second request: were it to fail, the call would seem to have done nothing.
      const reply = await send(call)
      acceptClient((reply['client'] ?? {}) as LooseJson)
    },
  }

  const store = createStore(toSnapshot({}, false))
  let looking: Promise<void> | undefined

  /** Sends a call. When it shows that the session is over, what is known is made true by one read, however many calls fail. */
  async function send(call: ApiCall): Promise<LooseJson> {
    try {
      return await api.send(call)
    } catch (error) {
      if ((error as AcmeError).code === 'signed_out' && store.getSnapshot().session) {
        looking ??= reload()
          .catch(() => {})
          .then(() => {
            looking = undefined
          })
        await looking
      }
      throw error
    }
  }

  /** The user a reply holds, or the one already known when that is the same or newer: replies may overtake each other. */
  function newest(json: LooseJson, sessionId: string): User<M> {
    const { user, session } = store.getSnapshot()
    const isKnown = session?.id === sessionId && user?.id === json['id']
    // Where there are no versions, none is the newer one.
    return isKnown && (user?.version as number) >= (json['version'] as number)
      ? (user as User<M>)
      : createUser(json, sessionId, context)
  }

  function acceptClient(client: LooseJson): void {
    store.set(toSnapshot(client, true))
  }

  function toSnapshot(client: LooseJson, isLoaded: boolean): Snapshot<M> {
    const sessions = ((client['sessions'] ?? []) as LooseJson[]).filter(({ status }) => status === 'active')
    const current = sessions.find(({ id }) => id === client['last_active_session_id']) ?? sessions[0]
    const known = isLoaded ? store.getSnapshot().session : null
    return {
      isLoaded,
      session: current ? (known?.id === current['id'] ? known : createSession(current, context)) : null,
      user: current ? newest(current['user'] as LooseJson, current['id'] as string) : null,
      client: client['id'] ? { id: client['id'] as string, updatedAt: new Date(client['updated_at'] as number) } : null,
      signUp: createSignUp(client['sign_up'] as LooseJson | null | undefined, context),
      signIn: createSignIn(client['sign_in'] as LooseJson | null | undefined, context),
    }
  }

  async function reload(options?: CallOptions): Promise<void> {
    const reply = await api.send({ ...options, method: 'GET', path: 'client' })
    acceptClient((reply['response'] ?? {}) as LooseJson)
  }

  let loading: Promise<void> | undefined

  const frontend = {
    publishableKey: options.publishableKey,
    getSnapshot: store.getSnapshot,
    subscribe: options.live?.({ ...options, ...context, ...store, reload }) ?? store.subscribe,
    load(options?: CallOptions) {
      loading ??= reload(options).catch((error: unknown) => {
        loading = undefined
        throw error
      })
      return loading
    },
    reload,
    async signOut(options?: CallOptions) {
      const { session } = store.getSnapshot()
      if (!session) return
      try {
        await context.end({ ...options, method: 'POST', path: `client/sessions/${session.id}/remove` })
      } catch (error) {
        // It was over before.
        if (store.getSnapshot().session?.id === session.id) throw error
      }
    },
  }
  for (const key in store.getSnapshot()) {
    Object.defineProperty(frontend, key, { enumerable: true, get: () => store.getSnapshot()[key as keyof Snapshot] })
  }
  return frontend as Frontend<M>
}
