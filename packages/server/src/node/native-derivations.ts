import * as crypto from 'node:crypto'
import type { Derivations } from '../auth/foreign-hashes/derivations.ts'
import { deriveInWorker } from './derive-worker.ts'

/** Node's own Argon2, which there is from 24.7 on. */
type Argon2 = (variant: string, parameters: object, callback: (error: Error | null, key: Uint8Array) => void) => void

const { argon2 } = crypto as { argon2?: Argon2 | undefined }

/** Runs something when its turn has come: each takes a core and memory. */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>

/** Computes what other products keep by what Node has, in its thread pool, and else in a thread of its own. */
export function createNativeDerivations(inTurn: InTurn): Derivations {
  return {
    bcrypt: (password, hash) => inTurn(() => deriveInWorker('bcrypt', { password, hash })),
    argon2: (password, parameters) =>
      inTurn(() => {
        if (!argon2) return deriveInWorker('argon2', { password, parameters })
        const { variant, salt: nonce, length: tagLength, ...rest } = parameters
        return new Promise<Uint8Array>((resolve, reject) => {
          argon2(variant, { ...rest, message: password, nonce, tagLength }, (error, key) =>
            error ? reject(error) : resolve(new Uint8Array(key)),
          )
        })
      }),
    scrypt: (password, { salt, length, ...cost }) =>
      inTurn(
        () =>
          new Promise<Uint8Array>((resolve, reject) => {
            crypto.scrypt(password, salt, length, { ...cost, maxmem: 2 ** 28 }, (error, key) =>
              error ? reject(error) : resolve(new Uint8Array(key)),
            )
          }),
      ),
  }
}
