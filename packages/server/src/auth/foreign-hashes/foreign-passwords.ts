import type { Passwords } from '../passwords.ts'
import { readForeignHash } from './foreign-hash.ts'
import { portableDerivations } from './portable-derivations.ts'

/**
 * Has hashes that other products made verified as well. Each is to be replaced by the house's own at the first sign-in,
 * and until then a try takes the time of the house's own at least, so that a wrong password is no sooner refused than at
 * an account that is not there.
 */
export function withForeignHashes(own: Passwords): Passwords {
  const { derivations = portableDerivations } = own
  return {
    hash: (password) => own.hash(password),
    needsRehash: (hash) => own.needsRehash(hash),
    async verify(password, hash) {
      const foreign = own.needsRehash(hash) ? readForeignHash(hash) : undefined
      if (!foreign) return own.verify(password, hash)
      const [isRight] = await Promise.all([
        foreign.excess === undefined && foreign.verify(password, derivations),
        own.hash(password),
      ])
      return isRight
    },
  }
}
