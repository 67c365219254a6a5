import { readFileSync } from 'node:fs'
import type { FirebaseParameters } from '../../auth/foreign-hashes/firebase-hash.ts'

/**
 * Reads the password hash parameters of a Firebase project, as its console shows them (Authentication, Users, the menu):
 * `hash_config { algorithm: SCRYPT, base64_signer_key: …, … }`.
 *
 * @throws Error naming what is missing
 */
export function readFirebaseConfig(file: string): FirebaseParameters {
  const text = readFileSync(file, 'utf8')
  const read = (name: string) => {
    const found = new RegExp(`"?${name}"?\\s*[:=]\\s*"?([\\w+/=-]+)`).exec(text)?.[1]
    if (found === undefined) throw new Error(`${file} does not say ${name}`)
    return found
  }
  const algorithm = read('algorithm')
  if (algorithm !== 'SCRYPT') throw new Error(`${file} says algorithm ${algorithm}: only SCRYPT is known`)
  const number = (name: string) => {
    const found = read(name)
    if (!/^\d{1,2}$/.test(found)) throw new Error(`${file}: ${name} is no number`)
    return Number(found)
  }
  return {
    signerKey: read('base64_signer_key'),
    saltSeparator: read('base64_salt_separator'),
    rounds: number('rounds'),
    memoryCost: number('mem_cost'),
  }
}
