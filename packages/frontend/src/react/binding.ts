import { AcmeError, type ReadView, type RegisteredMetadata, type UserData } from '@acme/schema'
import type { Frontend, Snapshot } from '../create-frontend.ts'
import type { User } from '../user.ts'
import { createUnsafeEditor, type UnsafeEditor } from './unsafe-editor.ts'

/** A user as a server hands it to a page: `user.toClient()` of `@acme/backend`. */
export type InitialUser<M = RegisteredMetadata> = UserData & ReadView<'frontend', M>

/** What the hooks share: a frontend, and what is shown before it has been loaded. */
export interface Binding {
  readonly acme: Frontend<unknown>
  readonly editor: UnsafeEditor
  getSnapshot(): Snapshot<unknown>
  /** What the server has rendered, for the hydration to meet the same. */
  getServerSnapshot(): Snapshot<unknown>
}

/** Binds a frontend. An initial user is shown until it is known who is signed in; null is nobody. */
export function createBinding(acme: Frontend<unknown>, initialUser?: InitialUser<unknown> | null): Binding {
  const isKnown = initialUser !== undefined
  const initial: Snapshot<unknown> = {
    ...acme.getSnapshot(),
    isLoaded: isKnown,
    session: null,
    user: initialUser ? toUser(acme, initialUser) : null,
  }
  const getSnapshot = () => {
    const known = acme.getSnapshot()
    return known.isLoaded ? known : initial
  }
  return { acme, getSnapshot, getServerSnapshot: () => initial, editor: createUnsafeEditor(acme, getSnapshot) }
}

const methods = ['update', 'updateMetadata', 'modifyMetadata', 'reload', 'delete'] as const

/** Gives an initial user the methods of a user: they wait until it is known who is signed in. */
function toUser(acme: Frontend<unknown>, initialUser: InitialUser<unknown>): User<unknown> {
  const later = methods.map((name) => [
    name,
    async (...values: unknown[]) => {
      await acme.load()
      const { user } = acme
      if (user?.id !== initialUser.id) throw new AcmeError({ code: 'signed_out', message: 'the user is signed out' })
      return (user[name] as (...values: unknown[]) => unknown)(...values)
    },
  ])
  return Object.freeze({ ...initialUser, ...Object.fromEntries(later) })
}
