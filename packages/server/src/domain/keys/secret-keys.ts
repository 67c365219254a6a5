import { digest } from '../../auth/digest.ts'
import { secretKeyId } from '../../auth/secret-key.ts'
import type { InstanceRow, SecretKeyNote } from '../../storage/rows.ts'
import type { Transaction } from '../../storage/storage.ts'
import { fault, notFound } from '../fault.ts'
import { instanceId } from '../instance-id.ts'

/** How many keys a database accepts at most: each request is compared with all of them. */
const mostKeys = 100

/** What a key may be called. */
export const keyName: RegExp = /^[\w.-]{1,60}$/

/** Makes a secret key of 256 random bits. */
export function createSecretKey(instanceType: InstanceRow['instanceType']): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return `sk_${instanceType}_${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** Plans to accept one more key, by a name that no other has. @throws Fault 422 */
export async function addSecretKey(
  key: string,
  { name, scopes, now }: { readonly name: string; readonly scopes: SecretKeyNote['scopes']; readonly now: number },
): Promise<Transaction<SecretKeyNote>> {
  const note: SecretKeyNote = { digest: await digest(key), name, createdAt: now, ...(scopes && { scopes }) }
  return changeKeys((row) => {
    const notes = keyNotes(row)
    if (notes.some((one) => one.name === name)) {
      throw fault(422, 'secret_key_name_taken', 'is taken', `there is a key of the name ${name} already`)
    }
    if (row.secretKeyDigests.length >= mostKeys) {
      throw fault(422, 'secret_keys_exceeded', 'too many keys', `there are ${mostKeys} keys already: revoke one first`)
    }
    const digests = [...row.secretKeyDigests, note.digest]
    const next = { ...row, hasHadKeys: true, secretKeyDigests: digests, secretKeyNotes: [...notes, note] }
    return { next, result: note }
  })
}

/**
 * Plans to accept a key no more, by its id or its name. `kept` is the digest of the one that a server starts by.
 *
 * @throws Fault 404 or 422
 */
export function revokeSecretKey(which: string, kept: string | undefined): Transaction<string> {
  return changeKeys((row) => {
    const notes = keyNotes(row)
    const named = notes.find(({ name }) => name === which)?.digest
    const found = row.secretKeyDigests.filter((one) => one === named || secretKeyId(one) === which)
    const [one] = found
    if (one === undefined || found.length > 1) throw notFound('secret key', which)
    if (row.secretKeyDigests.length === 1) {
      const long = 'it is the only key: add another before it is revoked'
      throw fault(422, 'secret_key_needed', 'is needed', long)
    }
    if (one === kept) {
      const long = 'it is the key of keys.env, by which the server starts: put another in its place there first'
      throw fault(422, 'secret_key_needed', 'is needed', long)
    }
    const digests = row.secretKeyDigests.filter((other) => other !== one)
    const next = { ...row, secretKeyDigests: digests, secretKeyNotes: notes.filter((note) => note.digest !== one) }
    return { next, result: one }
  })
}

/** The notes of the keys that are accepted; of others nothing is kept. */
export function keyNotes({ secretKeyNotes = [], secretKeyDigests }: InstanceRow): readonly SecretKeyNote[] {
  return secretKeyNotes.filter(({ digest: one }) => secretKeyDigests.includes(one))
}

function changeKeys<Result>(
  to: (row: InstanceRow) => { readonly next: InstanceRow; readonly result: Result },
): Transaction<Result> {
  return {
    reads: [{ collection: 'instances', id: instanceId }],
    decide(rows) {
      const row = rows.get('instances', instanceId)
      if (!row) throw notFound('instance', instanceId)
      const { next, result } = to(row)
      return { writes: [{ put: 'instances', row: next }], result }
    },
  }
}
