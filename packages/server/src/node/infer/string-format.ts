/** A form of text that JSON Schema has a name for. */
export type StringFormat = 'date-time' | 'email' | 'uri' | 'uuid'

/**
 * Tests that are narrower than those of every library: what one of them lets through, zod, Valibot, ArkType and the server
 * let through as well.
 */
const tests: Readonly<Record<StringFormat, (text: string) => boolean>> = {
  'date-time': (text) =>
    /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-](0\d|1[0-3]):[0-5]\d)$/.test(
      text,
    ) || isLateInMonth(text),
  email: (text) =>
    text.length <= 254 &&
    /^[a-z\d_+-]{1,32}(\.[a-z\d_+-]{1,16}){0,4}@([a-z\d]+(-[a-z\d]+)*\.){1,8}[a-z]{2,24}$/i.test(text),
  uri: (text) =>
    /^https?:\/\/[a-z\d]+(-[a-z\d]+)*(\.[a-z\d]+(-[a-z\d]+)*)*\.[a-z]{2,24}(\/[\w.~/-]*)?(\?[\w.~=&-]*)?(#[\w.~-]*)?$/i.test(
      text,
    ) && URL.canParse(text),
  uuid: (text) => /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i.test(text),
}

/** Every format. */
export const stringFormats = Object.keys(tests) as readonly StringFormat[]

/** Tells whether a text has a format. */
export function hasFormat(text: string, format: StringFormat): boolean {
  return tests[format](text)
}

/** The 29th to the 31st, where the month has them. */
function isLateInMonth(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(29|30|31)T/.exec(text) ?? []
  if (!day || new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() !== Number(day))
    return false
  return tests['date-time'](`${text.slice(0, 8)}28${text.slice(10)}`)
}
