import type * as All from 'jose'

/** The parts of jose that verifying a token takes. */
export type Jose = Pick<typeof All, 'createLocalJWKSet' | 'errors' | 'jwtVerify'>

/** Loads them, part by part, since no bundler leaves out what is not used of a whole that is loaded later. */
export async function loadJose(): Promise<Jose> {
  const [{ createLocalJWKSet }, errors, { jwtVerify }] = await Promise.all([
    import('jose/jwks/local'),
    import('jose/errors'),
    import('jose/jwt/verify'),
  ])
  return { createLocalJWKSet, errors, jwtVerify }
}
