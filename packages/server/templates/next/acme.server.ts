import { createBackend, type User } from '@acme/backend'
import { isAcmeError } from '@acme/schema'
import { cookies } from 'next/headers'
import { serverMetadata } from './metadata.server.ts'

// Made by the first request: the build knows no keys.
let made: ReturnType<typeof createBackend<typeof serverMetadata>> | undefined

/** The server's side: ACME_SECRET_KEY and ACME_API_URL are in the environment. */
export function backend() {
  made ??= createBackend({ metadata: serverMetadata })
  return made
}

/** Who asks, by the session cookie; undefined when it does not tell. */
export async function currentUserId(): Promise<string | undefined> {
  const token = (await cookies()).get('__session')?.value
  if (!token) return undefined
  try {
    return (await backend().tokens.verify(token, { authorizedParties: [`${process.env['APP_ORIGIN']}`] })).userId
  } catch (error) {
    // Tokens live for a minute: the page brings another one.
    if (isAcmeError(error) && error.code === 'token_invalid') return undefined
    throw error
  }
}

/** The user who asks, private metadata included; undefined when the cookie does not tell. */
export async function currentUser(): Promise<User<typeof serverMetadata> | undefined> {
  const userId = await currentUserId()
  return userId === undefined ? undefined : backend().users.getUser(userId)
}
