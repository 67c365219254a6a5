import type { User } from '@acme/frontend'
import { type JsonObject, type Kind, metadataField, type Side } from '@acme/schema'
import type { Act } from './kinds.ts'
import type { useOperatorsView } from './use-operators-view.ts'

/** Something to try: the code, and what runs it. It gives what can be seen of the kind afterwards. */
export interface Try {
  readonly code: string
  run(): Promise<JsonObject | undefined>
}

/** What the two buttons of each cell do. */
export type Tries = Readonly<Record<Side, (kind: Kind) => Readonly<Record<Act, Try>>>>

/** Makes the tries of a user: on this side by the page itself, on the other by the app's API. */
export function makeTries(user: User, { view, read, write }: ReturnType<typeof useOperatorsView>): Tries {
  const patches: Readonly<Record<Kind, object>> = {
    private: { privateMetadata: { note: 'hello' } },
    public: { publicMetadata: { plan: 'pro' } },
    unsafe: { unsafeMetadata: { theme: user.unsafeMetadata.theme === 'dark' ? 'light' : 'dark' } },
  }
  const see = (user: User, kind: Kind) => (user as unknown as Record<string, JsonObject>)[metadataField(kind)]

  return {
    frontend: (kind) => ({
      read: {
        code: `(await user.reload()).${metadataField(kind)}`,
        run: async () => see(await user.reload(), kind),
      },
      write: {
        code: `await user.updateMetadata(${show(patches[kind])})`,
        // The compiler refuses two of the three. This asks the server, as somebody would who has no compiler.
        run: async () => see(await user.updateMetadata(patches[kind] as Parameters<User['updateMetadata']>[0]), kind),
      },
    }),
    backend: (kind) => ({
      read: {
        code: `(await users.getUser(id)).${metadataField(kind)}`,
        run: async () => (await read()).metadata[kind],
      },
      write: {
        code: `await users.updateUserMetadata(id, ${show(view?.patches[kind] ?? { [metadataField(kind)]: {} })})`,
        run: async () => (await write(kind)).metadata[kind],
      },
    }),
  }
}

/** A value as code: three lines at most. */
function show(patch: object): string {
  const fields = Object.entries(patch).map(([field, value]) => `\n  ${field}: ${literal(value)},\n`)
  return `{${fields.join('')}}`
}

function literal(value: object): string {
  const members = Object.entries(value).map(([key, value]) => `${key}: ${value === null ? null : `'${value}'`}`)
  return `{ ${members.join(', ')} }`
}
