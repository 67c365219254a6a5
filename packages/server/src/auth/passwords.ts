/** How passwords are kept: as a PHC string of a slow hash, made off the event loop. */
export interface Passwords {
  hash(password: string): Promise<string>
  verify(password: string, hash: string): Promise<boolean>
  /** Whether a hash was made with other parameters than new ones are. */
  needsRehash(hash: string): boolean
}
