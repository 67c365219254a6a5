const exact = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** Writes a count: to the last one while it is small. */
export function writeCount(count: number): string {
  return count < 100_000 ? exact.format(count) : short.format(count)
}

/** Writes a length of time, given in milliseconds. */
export function writeMilliseconds(milliseconds: number): string {
  if (milliseconds >= 1_000) return `${exact.format(Number((milliseconds / 1_000).toPrecision(2)))} s`
  return `${exact.format(Number(milliseconds.toPrecision(2)))} ms`
}

/** Writes a size, given in bytes. */
export function writeBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const index = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${exact.format(Number((bytes / 1_000 ** index).toPrecision(3)))} ${units[index]}`
}
