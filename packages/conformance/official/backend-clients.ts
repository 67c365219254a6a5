import { type Backend, createBackend, type User } from '@acme/backend'
import { type ClerkClient, createClerkClient, verifyToken } from '@clerk/backend'
import { isClerkAPIResponseError } from '@clerk/backend/errors'
import type { Place } from '../place.ts'
import type { BackendClient, Outcome, StoredUser } from './clients.ts'
import { runOwn } from './own-refusal.ts'

type Run = <T>(call: () => Promise<T>) => Promise<Outcome<T>>

function show(user: StoredUser): StoredUser {
  const { id, username, firstName, externalId } = user
  const { publicMetadata, privateMetadata, unsafeMetadata } = user
  return { id, username, firstName, externalId, publicMetadata, privateMetadata, unsafeMetadata }
}

/** The Backend API through `@acme/backend`. */
export function ownBackend(place: Place, secretKey: string = place.secretKey): BackendClient {
  const { users, tokens }: Backend<unknown> = createBackend<unknown>({ secretKey, apiUrl: place.url })
  const shown = (call: () => Promise<User<unknown>>) => runOwn(async () => show(await call()))
  return {
    createUser: (params) => shown(() => users.createUser(params)),
    getUser: (id) => shown(() => users.getUser(id)),
    listUsers: (query) =>
      runOwn(async () => {
        const { data, totalCount } = await users.getUserList(query)
        return { usernames: data.map(({ username }) => username), total: totalCount }
      }),
    getCount: (query) => runOwn(() => users.getCount(query)),
    updateUser: (id, params) => shown(() => users.updateUser(id, params)),
    updateUserMetadata: (id, params) => shown(() => users.updateUserMetadata(id, params)),
    replaceUserMetadata: (id, params) => shown(() => users.replaceUserMetadata(id, params)),
    deleteUser: (id) => runOwn(() => users.deleteUser(id).then(() => null)),
    verify: (token) =>
      tokens.verify(token).then(
        ({ userId }) => userId,
        () => null,
      ),
    withKey: (key) => ownBackend(place, key),
  }
}

/** The Backend API through `@clerk/backend`. */
export function clerkBackend(place: Place, secretKey: string = place.secretKey): BackendClient {
  const { publishableKey, url: apiUrl } = place
  const { users }: ClerkClient = createClerkClient({ secretKey, publishableKey, apiUrl, telemetry: { disabled: true } })
  const run: Run = async (call) => {
    try {
      return { value: await call() }
    } catch (error) {
      if (!isClerkAPIResponseError(error)) throw error
      const [first] = error.errors
      return { refusal: { status: error.status, code: first?.code, param: first?.meta?.paramName } }
    }
  }
  const shown = (call: () => ReturnType<typeof users.getUser>) => run(async () => show(await call()))
  return {
    createUser: (params) => shown(() => users.createUser(params as Parameters<typeof users.createUser>[0])),
    getUser: (id) => shown(() => users.getUser(id)),
    listUsers: (query) =>
      run(async () => {
        const { data, totalCount } = await users.getUserList(query)
        return { usernames: data.map(({ username }) => username), total: totalCount }
      }),
    getCount: (query) => run(() => users.getCount(query)),
    updateUser: (id, params) => shown(() => users.updateUser(id, params as Parameters<typeof users.updateUser>[1])),
    updateUserMetadata: (id, params) => shown(() => users.updateUserMetadata(id, params)),
    replaceUserMetadata: (id, params) => shown(() => users.replaceUserMetadata(id, params)),
    deleteUser: (id) => run(() => users.deleteUser(id).then(() => null)),
    verify: (token) =>
      verifyToken(token, { secretKey, apiUrl }).then(
        ({ sub }) => sub,
        () => null,
      ),
    withKey: (key) => clerkBackend(place, key),
  }
}
