import { createBackend } from '@acme/backend'
import { isAcmeError } from '@acme/schema'
import { cookies } from 'next/headers'
import { serverMetadata } from './metadata.server'

// Made by the first request: the build knows no keys.
let made: ReturnType<typeof createBackend<typeof serverMetadata>> | undefined

export function backend() {
  made ??= createBackend({ metadata: serverMetadata })
  return made
}

export async function currentUserId(): Promise<string | undefined> {
  const token = (await cookies()).get('__session')?.value
  if (!token) return undefined
  try {
    return (await backend().tokens.verify(token, { authorizedParties: [`${process.env.APP_ORIGIN}`] })).userId
  } catch (error) {
    // Tokens live for a minute; the page brings another one.
    if (isAcmeError(error) && error.code === 'token_invalid') return undefined
    throw error
  }
}

export async function currentUser() {
  const userId = await currentUserId()
  return userId ? backend().users.getUser(userId) : undefined
}
