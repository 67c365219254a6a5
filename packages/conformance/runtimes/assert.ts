/** Throws unless both are the same JSON, in whatever order: the runtimes share no library of assertions. */
export function assertEqual(actual: unknown, expected: unknown): void {
  const [is, should] = [actual, expected].map((value) => JSON.stringify(value, inOrder))
  if (is !== should) throw new Error(`it is ${is}, and should be ${should}`)
}

function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Throws unless the call fails by this code; gives the error. */
export async function assertCode(
  call: Promise<unknown>,
  code: string,
): Promise<{ readonly code: string; readonly outcome?: unknown; readonly attempts?: unknown }> {
  const error = await call.then(
    () => ({ code: 'none' }),
    (reason: { readonly code: string }) => reason,
  )
  if (error.code !== code) throw new Error(`it failed by ${error.code}, and should by ${code}: ${error}`)
  return error
}

/** Waits until it is so, half a minute at most: the machine may be busy. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 30_000
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`it never came about: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
