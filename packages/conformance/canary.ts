/** A word that stands in secrets, and every form in which it might get out. */
export interface Canary {
  readonly word: string
  /** Finds the word in a text: plain, in any case, as hex, base64, base64url, percent- or Unicode-escapes, HTML entities. */
  isIn(text: string): boolean
}

/** Makes a canary. Its word is long and random, so that finding it is no chance. */
export function createCanary(): Canary {
  // In a page too, where there is no Buffer.
  const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0'))
  const word = `canary${hex(crypto.getRandomValues(new Uint8Array(9))).join('')}`
  const bytes = new TextEncoder().encode(word)
  const escaped = (write: (code: string) => string) => hex(bytes).map(write).join('')
  const forms = [
    word,
    hex(bytes).join(''),
    escaped((code) => `%${code}`),
    escaped((code) => `\\u00${code}`),
    escaped((code) => `&#x${code};`),
    [...bytes].map((byte) => `&#${byte};`).join(''),
    ...[0, 1, 2].flatMap((shift) => {
      // The letters of base64 depend on where in a triple the word begins; the outermost ones on its neighbors too.
      const text = btoa('\0'.repeat(shift) + word).replace(/=+$/, '')
      const inner = text.slice(shift === 0 ? 0 : 4, text.length - 2)
      return [inner, inner.replace(/\+/g, '-').replace(/\//g, '_')]
    }),
  ]
  const pattern = new RegExp(forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'i')
  return { word, isIn: (text) => pattern.test(text) }
}
