import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { readSealed, SealError, type Sealer, sealedText } from '../storage/sealed/sealer.ts'
import { StorageError } from '../storage/storage-error.ts'

/** The keys that seal what a storage keeps, each of 32 bytes. */
export interface SealingKeys {
  /** What is sealed by from now on; undefined seals nothing more. */
  readonly key: Uint8Array | undefined
  /** Keys that have sealed before, or that other processes seal by. */
  readonly previous: readonly Uint8Array[]
}

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/** Names a key by a part of its digest, which does not tell it. */
export function sealingKeyId(key: Uint8Array): string {
  return createHash('sha256').update('acme sealing key').update(key).digest('hex').slice(0, 12)
}

/**
 * Makes what seals by AES-256-GCM (NIST SP 800-38D). Each place has a key of its own, made of the given one by
 * HMAC-SHA-256 as HKDF expands it (RFC 5869), so that the random IVs of all rows together are never too many for one key; and
 * the place is authenticated with the text, so that no row can stand in for another.
 */
export function createSealer({ key, previous }: SealingKeys): Sealer {
  const keyId = key && sealingKeyId(key)
  const keys = new Map([...(key ? [key] : []), ...previous].map((one) => [sealingKeyId(one), one]))
  const keyOf = (from: Uint8Array, place: string) =>
    createHmac('sha256', from).update(`acme seal\n${place}`).update('\u0001').digest()

  return {
    keyId,
    keyIds: new Set(keys.keys()),
    seal(text, place) {
      if (!key || keyId === undefined) throw new TypeError('there is no key to seal by')
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv(algorithm, keyOf(key, place), iv).setAAD(Buffer.from(place))
      const sealed = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return sealedText(keyId, Buffer.concat(sealed).toString('base64url'))
    },
    open(sealed, place) {
      const { keyId: by, bytes } = readSealed(sealed)
      const from = keys.get(by)
      if (!from) throw new StorageError('outdated', new Error(`sealed by a key that was not given (${by})`))
      const data = Buffer.from(bytes, 'base64url')
      if (data.length < ivBytes + tagBytes) throw new SealError(place)
      const decipher = createDecipheriv(algorithm, keyOf(from, place), data.subarray(0, ivBytes))
        .setAAD(Buffer.from(place))
        .setAuthTag(data.subarray(-tagBytes))
      try {
        return decipher.update(data.subarray(ivBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        throw new SealError(place)
      }
    },
  }
}
