/** Reads a flag that came as JSON or as the text of a form. */
export function isSet(value: boolean | 'true' | 'false' | undefined): boolean {
  return value === true || value === 'true'
}
