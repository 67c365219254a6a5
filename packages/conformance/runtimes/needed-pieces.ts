/** What an app of React Native has to bring where its version has it not, as it is written. */
export const neededPieces: readonly string[] = [
  'crypto.getRandomValues',
  'AbortSignal.any',
  'AbortSignal.prototype.throwIfAborted',
  'structuredClone',
]
