/** Writes a number for people, the same on every machine. */
export function comma(count: number): string {
  return count.toLocaleString('en')
}

/** What must not stand in a source text as it is: controls, line separators, marks that turn the direction, halves of pairs. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu

function escapeUnprintable(text: string): string {
  return text.replace(unprintable, (char) =>
    Array.from(
      { length: char.length },
      (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}

/** Writes a text as a literal in single quotes. */
export function quote(text: string): string {
  return `'${escapeUnprintable(text.replace(/[\\']/g, '\\$&'))}'`
}

/** Writes a value so that it can stand in a comment of one line or of several. */
export function showValue(value: string | number | boolean): string {
  return escapeUnprintable(JSON.stringify(value)).replace(/\*\//g, '*\\/')
}

/** Writes the name of a member of an object literal; one that would set the prototype is computed. */
export function propertyName(key: string): string {
  if (key === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)
}

/** Puts every line but the first further in. */
export function indent(text: string): string {
  return text.replaceAll('\n', '\n  ')
}
