import type { SealingKeys } from './create-sealer.ts'

/**
 * Reads the keys that seal, from the environment; undefined where there are none.
 *
 * @throws TypeError that names the variable, never quoting it
 */
export function readSealingKeys(env: NodeJS.ProcessEnv = process.env): SealingKeys | undefined {
  const [key, ...others] = readKeys('ACME_SEALING_KEY', env)
  if (others.length > 0) throw new TypeError('ACME_SEALING_KEY is one key; others go into ACME_SEALING_KEY_PREVIOUS')
  const previous = readKeys('ACME_SEALING_KEY_PREVIOUS', env)
  return key || previous.length > 0 ? { key, previous } : undefined
}

function readKeys(name: string, env: NodeJS.ProcessEnv): readonly Uint8Array[] {
  const texts = (env[name] ?? '').split(',').filter((text) => text !== '')
  return texts.map((text) => {
    const bytes = Buffer.from(text, 'base64')
    if (!/^[\w+/-]{43}=?$/.test(text) || bytes.length !== 32)
      throw new TypeError(`${name} is no key: the base64 of 32 bytes, as openssl rand -base64 32 makes it`)
    return bytes
  })
}
