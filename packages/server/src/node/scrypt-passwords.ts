import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import type { Passwords } from '../auth/passwords.ts'
import { createNativeDerivations, type InTurn } from './native-derivations.ts'

/** The cost of a hash: OWASP's parameters for scrypt with 32 MiB. */
const cost = { ln: 15, r: 8, p: 3 } as const

const form = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/

/** How many hashes are computed at once: each takes a core and 32 MiB. */
const concurrency = 2

/**
 * Makes passwords kept by scrypt (RFC 7914), computed in the thread pool, two at a time. Hashes that other products made
 * are verified by what Node has.
 */
export function createScryptPasswords(): Passwords {
  let running = 0
  const waiting: (() => void)[] = []

  const inTurn: InTurn = async (work) => {
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // The place goes on to the one that waits.
      if (next) next()
      else running--
    }
  }

  const derive = (password: string, salt: Buffer, { ln, r, p }: { ln: number; r: number; p: number }) =>
    inTurn(
      () =>
        new Promise<Buffer>((resolve, reject) => {
          const options = { N: 2 ** ln, r, p, maxmem: 2 ** 28 }
          // One form of each text, so that a password typed on another keyboard is still the same.
          scrypt(password.normalize('NFKC'), salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)))
        }),
    )

  return {
    derivations: createNativeDerivations(inTurn),
    async hash(password) {
      const salt = randomBytes(16)
      const key = await derive(password, salt, cost)
      return `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${base64(salt)}$${base64(key)}`
    },
    async verify(password, hash) {
      const [, ln, r, p, salt = '', key = ''] = form.exec(hash) ?? []
      if (!ln) return false
      const expected = Buffer.from(key, 'base64')
      const given = await derive(password, Buffer.from(salt, 'base64'), { ln: Number(ln), r: Number(r), p: Number(p) })
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
    needsRehash: (hash) => !hash.startsWith(`$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$`),
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
