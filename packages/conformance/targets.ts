import { type Backend, createBackend } from '@acme/backend'
import { createFrontend, type Frontend, type FrontendOptions, fetchWithoutCookies } from '@acme/frontend'
import { afterAll, beforeAll, describe } from 'vitest'
import { targets } from '#places'
import { type Place, secretKey } from './place.ts'

export type { Place } from './place.ts'
export { targets }

/** What a suite works with. */
export interface World {
  readonly backend: Backend<unknown>
  /** Makes a browser of its own: nobody is signed in on it. */
  newFrontend(options?: Pick<FrontendOptions<unknown>, 'live'>): Frontend<unknown>
  /** Makes a user and signs them in on a browser of their own. */
  signUp(
    unsafeMetadata?: Record<string, never>,
    options?: Pick<FrontendOptions<unknown>, 'live'>,
  ): Promise<Frontend<unknown>>
  readonly place: Place
}

let people = 0

/** Gives a name that nobody has yet. */
export function newName(): string {
  people++
  return `person_${people}_${Math.random().toString(36).slice(2, 10)}`
}

/** Runs a suite over every target. */
export function forEachTarget(suite: (world: () => World) => void): void {
  for (const [name, start] of Object.entries(targets)) {
    describe(name, () => {
      let world: World
      beforeAll(async () => {
        const place = await start()
        const newFrontend: World['newFrontend'] = (options) => {
          const kept = new Map<'token', string>()
          const store = { get: () => kept.get('token') ?? null, set: (token: string) => void kept.set('token', token) }
          const { publishableKey } = place
          return createFrontend<unknown>({ ...options, publishableKey, fetch: fetchWithoutCookies(store) })
        }
        world = {
          place,
          backend: createBackend<unknown>({ secretKey, apiUrl: place.url }),
          newFrontend,
          async signUp(unsafeMetadata, options) {
            const frontend = newFrontend(options)
            await frontend.load()
            const fields = { username: newName(), password: 'correct horse battery' }
            await frontend.signUp.create({ ...fields, ...(unsafeMetadata && { unsafeMetadata }) })
            return frontend
          },
        }
      })
      afterAll(() => world.place.close())
      suite(() => world)
    })
  }
}

/** The signed-in user of a browser, who must be there. */
export function userOf<M>(frontend: Frontend<M>): NonNullable<Frontend<M>['user']> {
  if (!frontend.user) throw new Error('nobody is signed in')
  return frontend.user
}

/** Metadata of exactly so many bytes of JSON, nearly all of them of one character, which may take several bytes or be escaped. */
export function ofBytes(bytes: number, filler = '字'): { readonly text: string } {
  const size = new TextEncoder().encode(JSON.stringify(filler)).length - '""'.length
  const room = bytes - '{"text":""}'.length
  return { text: filler.repeat(Math.floor(room / size)) + 'a'.repeat(room % size) }
}
