import type { Derivations } from './foreign-hashes/derivations.ts'

/** How passwords are kept: as a PHC string of a slow hash, made off the event loop. */
export interface Passwords {
  hash(password: string): Promise<string>
  verify(password: string, hash: string): Promise<boolean>
  /** Whether a hash was made with other parameters than new ones are, or by another product. */
  needsRehash(hash: string): boolean
  /**
   * What computes the hashes that other products made, until their users have signed in.
   *
   * @default code that runs everywhere, in the thread that serves
   */
  readonly derivations?: Derivations | undefined
}
