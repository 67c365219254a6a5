/** A server under test, whatever it is made of. */
export interface Place {
  readonly url: string
  readonly publishableKey: string
  readonly secretKey: string
  close(): Promise<void>
}

/** The secret key that every server under test takes. */
export const secretKey = 'sk_test_conformance_secret'
