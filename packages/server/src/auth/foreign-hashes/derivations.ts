/** What Argon2 (RFC 9106) is computed by. */
export interface Argon2Parameters {
  readonly variant: 'argon2i' | 'argon2id'
  readonly salt: Uint8Array
  /** In KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  /** In bytes. */
  readonly length: number
}

/** What scrypt (RFC 7914) is computed by. */
export interface ScryptParameters {
  readonly salt: Uint8Array
  /** The cost, a power of two. */
  readonly N: number
  readonly r: number
  readonly p: number
  /** In bytes. */
  readonly length: number
}

/** Computes what other products keep of passwords. What is asked of it is bounded before. */
export interface Derivations {
  /** Whether a hash of bcrypt, in its usual form, is that of the password. */
  bcrypt(password: string, hash: string): Promise<boolean>
  argon2(password: string, parameters: Argon2Parameters): Promise<Uint8Array>
  scrypt(password: string, parameters: ScryptParameters): Promise<Uint8Array>
}
