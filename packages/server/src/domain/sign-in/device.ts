import type { DeviceRow } from '../../storage/rows.ts'

/** Browsers by what they call themselves in `User-Agent`; those that pretend to be others as well come first. */
const browsers: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Edge', /\bEdg(?:A|iOS)?\/([\d.]+)/],
  ['Opera', /\bOPR\/([\d.]+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/([\d.]+)/],
  ['Chrome', /\b(?:Headless)?(?:Chrome|CriOS)\/([\d.]+)/],
  ['Safari', /\bVersion\/([\d.]+).*\bSafari\//],
]

const devices: readonly (readonly [type: string, pattern: RegExp])[] = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['Macintosh', /Macintosh/],
  ['Linux', /Linux|X11/],
]

/** Reads of a `User-Agent` header what lets its owner know a device again, and no more of it is kept. */
export function deviceOf(userAgent: string | undefined): DeviceRow {
  // What is longer is no browser's, and not worth looking through.
  const text = (userAgent ?? '').slice(0, 512)
  const [browserName = null] = browsers.find(([, pattern]) => pattern.test(text)) ?? []
  const browserVersion =
    browsers
      .map(([, pattern]) => pattern.exec(text)?.[1])
      .find(Boolean)
      ?.slice(0, 32) ?? null
  const [type = null] = devices.find(([, pattern]) => pattern.test(text)) ?? []
  return { type, browserName, browserVersion, isMobile: /Mobi|Android|iPhone|iPad/.test(text) }
}
