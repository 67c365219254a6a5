import { fromBase64, sameBytes } from './bytes.ts'
import type { ForeignHash } from './foreign-hash.ts'

/** A PHC string of the version that RFC 9106 describes. */
const form = /^\$(argon2id?)\$v=19\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\$([A-Za-z\d+/]+={0,2})\$([A-Za-z\d+/]+={0,2})$/

/** In KiB. */
const mostMemory = 131_072
/** Memory that is gone through, all passes together, in KiB. */
const mostWork = 393_216
const mostLanes = 16

/** Reads a hash of Argon2i or Argon2id. */
export function readArgon2Hash(hash: string): ForeignHash | undefined {
  const [, variant, m, t, p, saltText = '', keyText = ''] = form.exec(hash) ?? []
  const [memory, passes, parallelism] = [Number(m), Number(t), Number(p)]
  const [salt, key] = [fromBase64(saltText), fromBase64(keyText)]
  if (!variant || !salt || !key) return undefined
  const isSound = parallelism >= 1 && passes >= 1 && memory >= 8 * parallelism && salt.length >= 8 && key.length >= 4
  if (!isSound || salt.length > 64 || key.length > 64) return undefined
  const excess =
    memory > mostMemory
      ? `Argon2 with m=${memory}: at most ${mostMemory}`
      : memory * passes > mostWork
        ? `Argon2 with m=${memory}, t=${passes}: m times t is at most ${mostWork}`
        : parallelism > mostLanes
          ? `Argon2 with p=${parallelism}: at most ${mostLanes}`
          : undefined
  const parameters = { variant: variant as 'argon2i' | 'argon2id', salt, memory, passes, parallelism }
  return {
    excess,
    verify: async (password, { argon2 }) =>
      sameBytes(await argon2(password, { ...parameters, length: key.length }), key),
  }
}
