const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Reads how long something takes, from an option: a number and s, m, h or d. Gives milliseconds.
 *
 * @throws TypeError that names the option
 */
export function readDuration(option: string, text: string): number {
  const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (number === undefined) throw new TypeError(`${option} takes a number and its unit: 30s, 10m, 24h or 7d`)
  return Number(number) * (units[unit] ?? 0)
}
