/** 128 MiB. */
const mostMemory = 2 ** 27
/** Four times what the house's own hash costs. */
const mostWork = 2 ** 22

/** Says what of the parameters of scrypt costs too much, if anything does. */
export function scryptExcess({ N, r, p }: { N: number; r: number; p: number }): string | undefined {
  if (128 * N * r <= mostMemory && N * r * p <= mostWork) return undefined
  return `scrypt with N=${N}, r=${r}, p=${p}: 128 times N times r is at most ${mostMemory}, and N times r times p ${mostWork}`
}

/** Whether there are such parameters (RFC 7914, section 2). */
export function isScryptCost({ N, r, p }: { N: number; r: number; p: number }): boolean {
  return N >= 2 && Number.isInteger(Math.log2(N)) && r >= 1 && p >= 1 && r * p < 2 ** 30
}
