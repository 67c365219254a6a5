import type { Derivations } from './derivations.ts'

/** For how long the thread is held at a time, in milliseconds. */
const asyncTick = 5

/** Computes them wherever the handler runs, in the thread that asks; nothing is loaded before it is needed. */
export const portableDerivations: Derivations = {
  async bcrypt(password, hash) {
    const { compare } = await import('bcryptjs')
    return compare(password, hash)
  },
  async argon2(password, { variant, salt, memory: m, passes: t, parallelism: p, length: dkLen }) {
    const { argon2iAsync, argon2idAsync } = await import('@noble/hashes/argon2.js')
    const derive = variant === 'argon2i' ? argon2iAsync : argon2idAsync
    return derive(password, salt, { m, t, p, dkLen, asyncTick })
  },
  async scrypt(password, { salt, N, r, p, length: dkLen }) {
    const { scryptAsync } = await import('@noble/hashes/scrypt.js')
    return scryptAsync(password, salt, { N, r, p, dkLen, asyncTick })
  },
}
