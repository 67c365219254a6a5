/** Seals texts by keys that are not in the storage, each for the one place that it is kept at. */
export interface Sealer {
  /** Names the key that seals; undefined where texts are opened only, and kept as they are from then on. */
  readonly keyId: string | undefined
  /** Names the keys of which it opens what they have sealed. */
  readonly keyIds: ReadonlySet<string>
  /** Seals a text. Whoever moves it to another place cannot have it opened there. */
  seal(text: string, place: string): string
  /**
   * Opens what was sealed for a place.
   *
   * @throws SealError for what was changed or moved; StorageError `outdated` for what another key has sealed
   */
  open(sealed: string, place: string): string
}

/** What every sealed text begins with, before the name of its key. No value that is sealed is a text that does. */
const mark = 'sealed:1:'

/** Writes a sealed text: which key opens it, and its bytes as base64url. */
export function sealedText(keyId: string, bytes: string): string {
  return `${mark}${keyId}:${bytes}`
}

/** Whether a value is sealed. */
export function isSealed(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith(mark)
}

/** Reads a sealed text: the name of its key, and its bytes. */
export function readSealed(sealed: string): { readonly keyId: string; readonly bytes: string } {
  const [keyId = '', bytes = ''] = sealed.slice(mark.length).split(':')
  return { keyId, bytes }
}

/** Something sealed that does not open: it was changed, or is another row's. It names the place and never a value. */
export class SealError extends Error {
  override name = 'SealError'

  constructor(place: string) {
    super(`what is kept sealed at ${place.replaceAll('\n', '/')} does not open: it was changed, or is another row's`)
  }
}
