/**
 * Splits a text into the words it is searched by: the parts of a name with underscores, and all of it, so that a code is
 * found where it is explained before others. It travels to the page as text, and therefore needs nothing from around it.
 */
export function searchWords(text: string): string[] {
  return [...text.split(/[\s\p{P}]+/u), ...(text.match(/\w+_\w+/g) ?? [])]
}
