import { fromBase64, fromHex, sameBytes } from './bytes.ts'
import type { ForeignHash } from './foreign-hash.ts'
import { isScryptCost, scryptExcess } from './scrypt-cost.ts'

/** A PHC string, as passlib writes it, and so the house. */
const phc = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,5}),p=(\d{1,5})\$([A-Za-z\d+/]+={0,2})\$([A-Za-z\d+/]+={0,2})$/
/** As Werkzeug writes it, whose salt is a text. */
const werkzeug = /^scrypt:(\d{1,9}):(\d{1,5}):(\d{1,5})\$([\x21-\x23\x25-\x7e]+)\$([\da-f]{128})$/

/** Reads a hash of scrypt. */
export function readScryptHash(hash: string): ForeignHash | undefined {
  const [, ln, r, p, salt = '', key = ''] = phc.exec(hash) ?? []
  if (ln) return scryptHash({ N: 2 ** Number(ln), r: Number(r), p: Number(p) }, fromBase64(salt), fromBase64(key))
  const [, N, wr, wp, text = '', hex = ''] = werkzeug.exec(hash) ?? []
  if (!N) return undefined
  return scryptHash({ N: Number(N), r: Number(wr), p: Number(wp) }, new TextEncoder().encode(text), fromHex(hex))
}

function scryptHash(
  cost: { N: number; r: number; p: number },
  salt: Uint8Array | undefined,
  key: Uint8Array | undefined,
): ForeignHash | undefined {
  if (!salt || !key || key.length < 16 || key.length > 128 || salt.length > 128 || !isScryptCost(cost)) return undefined
  return {
    excess: scryptExcess(cost),
    verify: async (password, { scrypt }) =>
      sameBytes(await scrypt(password, { ...cost, salt, length: key.length }), key),
  }
}
