import {
  AcmeError,
  type MetadataDefinition,
  type PatchView,
  type ReadView,
  type RegisteredMetadata,
  toAppNames,
  toMetadata,
  toWireNames,
  type UserData,
  type WriteView,
} from '@acme/schema'
import type { CreateUserBody } from '@acme/schema/wire'
import type { Server } from '@acme/server'
import { callBackend } from './call-backend.ts'

/** What a user of a mock is made of; a username or an e-mail address is needed. */
export type NewMockUser<M = RegisteredMetadata> = WriteView<'backend', M> & {
  readonly username?: string | undefined
  /** Verified; the first one is the primary one. */
  readonly emailAddress?: readonly string[] | undefined
  readonly externalId?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  /** Only needed where the test signs in by it; see `signInAs`. */
  readonly password?: string | undefined
}

/** A user as the server knows them, private metadata included. */
export type MockUser<M = RegisteredMetadata> = UserData & ReadView<'backend', M>

/** The users of a mock. */
export interface MockUsers<M = RegisteredMetadata> {
  /**
   * Creates a user.
   *
   * @throws AcmeError with the code of the server's refusal
   */
  create(user: NewMockUser<M>): Promise<MockUser<M>>
  /**
   * Gives a user as they are now, by their id, username or e-mail address.
   *
   * @throws AcmeError `resource_not_found`
   */
  get(who: string): Promise<MockUser<M>>
  /**
   * Merges metadata into a user's as your server would (RFC 7396): null deletes. For tests of pages, in which
   * `@acme/backend` refuses to run.
   *
   * @throws AcmeError `resource_not_found`, or with the code of the server's refusal
   */
  updateMetadata(who: string, patch: PatchView<'backend', M>): Promise<MockUser<M>>
}

/**
 * Makes the body that creates a user, checked by the app's schemas.
 *
 * @throws MetadataInvalidError
 */
export async function toBody(given: object, definition: MetadataDefinition | undefined): Promise<CreateUserBody> {
  const user = definition?.['~encode']?.(given, false) ?? given
  await definition?.['~check'](user)
  return toWireNames(user)
}

/** Makes the users of a server; `secretKey` is one of its own. */
export function createUsers<M>(
  getServer: () => Promise<Server>,
  url: string,
  secretKey: string,
  definition: MetadataDefinition | undefined,
): MockUsers<M> {
  const call = async (method: string, path: string, body?: object) =>
    callBackend(await getServer(), { url, secretKey }, method, `/v1/users${path}`, body)

  function read(json: unknown): MockUser<M> {
    const metadata = toMetadata(json as Record<string, unknown>, 'backend')
    const user = { ...toAppNames<UserData>(json as never), ...(definition?.['~read'](metadata) ?? metadata) }
    return Object.freeze(user) as unknown as MockUser<M>
  }

  async function find(who: string): Promise<{ readonly id: string }> {
    if (who.startsWith('user_')) return (await call('GET', `/${encodeURIComponent(who)}`)) as { id: string }
    const name = who.includes('@') ? 'email_address' : 'username'
    const [found] = (await call('GET', `?${name}=${encodeURIComponent(who)}`)) as { id: string }[]
    if (!found) throw new AcmeError({ code: 'resource_not_found', message: `The mock has no user ${who}.` })
    return found
  }

  return {
    async create(given) {
      return read(await call('POST', '', await toBody(given, definition)))
    },
    async get(who) {
      return read(await find(who))
    },
    async updateMetadata(who, given) {
      const patch = definition?.['~encode']?.(given, true) ?? given
      const user = await find(who)
      await definition?.['~check'](patch, toMetadata({ ...user }, 'backend'))
      return read(await call('PATCH', `/${user.id}/metadata`, toWireNames(patch)))
    },
  }
}
