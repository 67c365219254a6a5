import type { ForeignHash } from './foreign-hash.ts'

/** `$2x$` is left out: it names hashes that were made wrongly. */
const form = /^\$2[aby]?\$(\d\d)\$[./A-Za-z\d]{53}$/

/** 2^13 rounds are a second. */
const most = 13

/** Reads a hash of bcrypt. */
export function readBcryptHash(hash: string): ForeignHash | undefined {
  const cost = Number(form.exec(hash)?.[1] ?? 0)
  if (cost < 4) return undefined
  return {
    excess: cost > most ? `bcrypt of cost ${cost}: at most ${most}` : undefined,
    verify: (password, { bcrypt }) => bcrypt(password, hash),
  }
}
