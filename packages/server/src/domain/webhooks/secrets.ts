import type { WebhookEndpointRow } from '../../storage/rows.ts'
import { paramFault } from '../fault.ts'

/** How many bytes a secret has, by the Standard Webhooks specification. */
const least = 24
const most = 64

/** Makes a secret: `whsec_` and the base64 of 32 random bytes. */
export function createSecret(): string {
  return `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`
}

/** Reads a secret that was given. @throws Fault 422 */
export function readSecret(text: string): string {
  try {
    const [, data] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
    const { length } = atob(`${data}`)
    if (data && length >= least && length <= most) return text
  } catch {}
  const long = `secret is whsec_ and the base64 of ${least} to ${most} bytes.`
  throw paramFault('secret', 'form_param_value_invalid', 'is not a secret', long)
}

/** The secrets that are signed with at a time. */
export function goodSecrets({ secrets }: WebhookEndpointRow, now: number): readonly string[] {
  return secrets.filter(({ until }) => until === null || until > now).map(({ secret }) => secret)
}
