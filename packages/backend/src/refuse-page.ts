import { AcmeError } from '@acme/schema'

/**
 * Refuses to run in a browser page, where a secret key must never be.
 *
 * @throws AcmeError `secret_key_in_page`
 */
export function refusePage(): void {
  // Named by text: these packages see no DOM.
  if (!('document' in globalThis && 'window' in globalThis)) return
  throw new AcmeError({
    code: 'secret_key_in_page',
    message:
      '@acme/backend was loaded in a browser page, where everyone can read the secret key. Use @acme/frontend here, and replace the key.',
  })
}
