import { fromBase64, sameBytes } from './bytes.ts'
import type { ForeignHash } from './foreign-hash.ts'
import { isScryptCost, scryptExcess } from './scrypt-cost.ts'

/** As Supabase Auth keeps what comes from Firebase: `n` is the memory cost, `r` the rounds, `sk` the signer key. */
const form =
  /^\$fbscrypt\$v=1,n=(\d{1,2}),r=(\d{1,5}),p=(\d{1,5})(?:,ss=([\w+/-]*={0,2}))?,sk=([\w+/-]+={0,2})\$([\w+/-]+={0,2})\$([\w+/-]+={0,2})$/

/** Reads a hash of Firebase's scrypt: the project's signer key, encrypted by what scrypt makes of the password. */
export function readFirebaseHash(hash: string): ForeignHash | undefined {
  const [, n, r, p, separator = '', signer = '', saltText = '', keyText = ''] = form.exec(hash) ?? []
  const [ss, sk, salt, key] = [separator, signer, saltText, keyText].map(fromBase64)
  const cost = { N: 2 ** Number(n), r: Number(r), p: Number(p) }
  if (!ss || !sk || !salt || !key || !isScryptCost(cost)) return undefined
  if (sk.length > 128 || sk.length !== key.length || salt.length + ss.length > 128) return undefined
  return {
    excess: scryptExcess(cost),
    async verify(password, { scrypt }) {
      const derived = await scrypt(password, { ...cost, salt: new Uint8Array([...salt, ...ss]), length: 64 })
      const aes = await crypto.subtle.importKey('raw', derived.slice(0, 32), 'AES-CTR', false, ['encrypt'])
      const counter = { name: 'AES-CTR', counter: new Uint8Array(16), length: 64 }
      return sameBytes(new Uint8Array(await crypto.subtle.encrypt(counter, aes, new Uint8Array(sk))), key)
    },
  }
}

/** The password hash parameters of a Firebase project. */
export interface FirebaseParameters {
  /** Base64. */
  readonly signerKey: string
  /** Base64. */
  readonly saltSeparator: string
  readonly rounds: number
  readonly memoryCost: number
}

/** Writes what Firebase exports of one user in the form in which it is kept. */
export function firebaseHash(parameters: FirebaseParameters, salt: string, passwordHash: string): string {
  const { signerKey, saltSeparator, rounds, memoryCost } = parameters
  return `$fbscrypt$v=1,n=${memoryCost},r=${rounds},p=1,ss=${saltSeparator},sk=${signerKey}$${salt}$${passwordHash}`
}
