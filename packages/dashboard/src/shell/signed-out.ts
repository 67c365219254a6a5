let signedOut = false

/** Whether the person left by themselves, so that nothing of theirs is to stay. */
export function hasSignedOut(): boolean {
  return signedOut
}

/** Notes that somebody has left, or come. */
export function setSignedOut(value: boolean): void {
  signedOut = value
}
