import { AcmeError } from './errors.ts'

/** Whether an instance is for development and tests, or for production. */
export type InstanceType = 'test' | 'live'

/** What a publishable key says. */
export interface PublishableKey {
  readonly instanceType: InstanceType
  /** Where the Frontend API lives: a host name, with a port where it has one. */
  readonly host: string
}

/**
 * Reads a publishable key: `pk_test_` or `pk_live_` and the base64 of the host and a `$`.
 *
 * @throws {@link AcmeError} `publishable_key_invalid` when it is of another form, names anything but a
 * plain host, or is a secret key.
 */
export function parsePublishableKey(key: string): PublishableKey {
  const [, instanceType, data] = /^pk_(test|live)_(.+)$/.exec(key) ?? []
  try {
    const [, host] = /^(.+)\$$/.exec(atob(`${data}`)) ?? []
    // Whatever would make a URL point elsewhere is not the host that the URL then has.
    if (host && new URL(`http://${host}`).host === host) return { instanceType: instanceType as InstanceType, host }
  } catch {}
  throw new AcmeError({
    code: 'publishable_key_invalid',
    message: 'not a publishable key; keep secret keys out of pages',
  })
}

/** Makes the publishable key of an instance whose Frontend API lives at a host (`name` or `name:port`). */
export function formatPublishableKey({ instanceType, host }: PublishableKey): string {
  return `pk_${instanceType}_${btoa(`${host}$`)}`
}

/** Tells whether a host is this machine, where plain HTTP is used instead of HTTPS. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1])(:\d+)?$/.test(host)
}

/** Tells whether a text has the form of a secret key: `sk_test_` or `sk_live_` and the secret. */
export function isSecretKey(key: string): boolean {
  return /^sk_(test|live)_\w{8,}$/.test(key)
}
