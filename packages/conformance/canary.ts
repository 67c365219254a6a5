/** A word that stands in secrets, and every form in which it might get out. */
export interface Canary {
  readonly word: string
  /** Finds the word in a text: plain, in any case, as hex, base64, base64url, percent- or Unicode-escapes, HTML entities. */
  isIn(text: string): boolean
}

/** Makes a canary. Its word is long and random, so that finding it is no chance. */
export function createCanary(): Canary {
  const word = `canary${Buffer.from(crypto.getRandomValues(new Uint8Array(9))).toString('hex')}`
  const bytes = Buffer.from(word)
  const escaped = (write: (code: string) => string) => [...bytes].map((byte) => write(byte.toString(16))).join('')
  const forms = [
    word,
    bytes.toString('hex'),
    escaped((code) => `%${code}`),
    escaped((code) => `\\u00${code}`),
    escaped((code) => `&#x${code};`),
    [...bytes].map((byte) => `&#${byte};`).join(''),
    ...[0, 1, 2].flatMap((shift) => {
      // The letters of base64 depend on where in a triple the word begins; the outermost ones on its neighbors too.
      const text = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replace(/=+$/, '')
      const inner = text.slice(shift === 0 ? 0 : 4, text.length - 2)
      return [inner, inner.replace(/\+/g, '-').replace(/\//g, '_')]
    }),
  ]
  const pattern = new RegExp(forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'i')
  return { word, isIn: (text) => pattern.test(text) }
}
