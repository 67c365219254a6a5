import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hash,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
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
 * Makes what seals by AES-256-GCM (NIST SP 800-38D). One of 4,096 keys is used, by the place, made of the given one by
 * HMAC-SHA-256 as HKDF expands it (RFC 5869): each may take 2^32 random IVs, and so all of them together more than a server
 * writes in a hundred years. The place is authenticated with the text, so that no row can stand in for another.
 */
export function createSealer({ key, previous }: SealingKeys): Sealer {
  const keyId = key && sealingKeyId(key)
  const keys = new Map([...(key ? [key] : []), ...previous].map((one) => [sealingKeyId(one), createKeys(one)]))
  const own = keyId === undefined ? undefined : keys.get(keyId)

  return {
    keyId,
    keyIds: new Set(keys.keys()),
    seal(text, place) {
      if (!own || keyId === undefined) throw new TypeError('there is no key to seal by')
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv(algorithm, own(place), iv).setAAD(Buffer.from(place))
      const sealed = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return sealedText(keyId, Buffer.concat(sealed).toString('base64url'))
    },
    open(sealed, place) {
      const { keyId: by, bytes } = readSealed(sealed)
      const keyOf = keys.get(by)
      if (!keyOf) throw new StorageError('outdated', new Error(`sealed by a key that was not given (${by})`))
      const data = Buffer.from(bytes, 'base64url')
      if (data.length < ivBytes + tagBytes) throw new SealError(place)
      const decipher = createDecipheriv(algorithm, keyOf(place), data.subarray(0, ivBytes))
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

/** Makes the keys of places. Node takes a key several times as fast as an object than as bytes, so that they are kept. */
function createKeys(key: Uint8Array): (place: string) => KeyObject {
  const made = new Map<string, KeyObject>()
  return (place) => {
    const name = hash('sha256', place, 'hex').slice(0, 3)
    const known = made.get(name)
    if (known) return known
    const own = createSecretKey(createHmac('sha256', key).update(`acme seal ${name}\u0001`).digest())
    made.set(name, own)
    return own
  }
}
