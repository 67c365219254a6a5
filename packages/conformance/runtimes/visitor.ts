import { createFrontend, type Frontend, type FrontendOptions, fetchWithoutCookies } from '@acme/frontend'
import { defineMetadata } from '@acme/schema'
import * as z from 'zod'
import { isPage } from './places.ts'
import type { World } from './world.ts'

/** The app's metadata in these behaviors. */
export const metadata = defineMetadata({
  public: z.object({ plan: z.enum(['free', 'pro']).default('free') }),
  unsafe: z.object({
    theme: z.enum(['light', 'dark']).optional(),
    tags: z.object({ a: z.string().optional(), b: z.string().optional() }).optional(),
  }),
})

type Options = Partial<FrontendOptions<typeof metadata>>

/** Somebody at a device. */
export interface Visitor {
  readonly username: string
  readonly password: string
  /** Opens the app, again with what the device has kept. */
  open(options?: Options): Frontend<typeof metadata>
}

/** Makes somebody whom nobody knows yet. In a page they are whoever the page's cookies are of. */
export function createVisitor({ publishableKey }: Pick<World, 'publishableKey'>, isNative = !isPage): Visitor {
  let kept: string | null = null
  const store = {
    get: () => kept,
    set(token: string) {
      kept = token
    },
  }
  const id = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(36)).join('')
  return {
    username: `u_${id}`,
    password: `correct horse ${id}`,
    open({ fetch, ...options } = {}) {
      const own = isNative ? { fetch: fetchWithoutCookies(store, fetch) } : fetch ? { fetch } : {}
      return createFrontend({ publishableKey, metadata, ...options, ...own })
    },
  }
}

/** Somebody who has signed up. */
export async function signUp(
  world: Pick<World, 'publishableKey'>,
  options: Options = {},
  isNative = !isPage,
): Promise<{ readonly visitor: Visitor; readonly acme: Frontend<typeof metadata> }> {
  const visitor = createVisitor(world, isNative)
  const acme = visitor.open(options)
  await acme.load()
  // A page's cookies may be those of the behavior before.
  await acme.signOut()
  const { username, password } = visitor
  await acme.signUp.create({ username, password, unsafeMetadata: { theme: 'light' } })
  return { visitor, acme }
}
