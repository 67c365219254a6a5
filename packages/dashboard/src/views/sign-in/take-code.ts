let latest: string | undefined
const listeners = new Set<() => void>()

/** Takes the code out of the address, so that it stands in no history. */
function take(): void {
  const code = new URLSearchParams(location.hash.slice(1)).get('code')
  if (code === null) return
  history.replaceState(history.state, '', location.pathname + location.search)
  latest = code
  for (const tell of listeners) tell()
}

// At once, and of whoever is signed in already, too: they may be led here while the page is open.
take()
addEventListener('hashchange', take)

/** Gives the code that stood in the address last. */
export function takeCode(): string | undefined {
  return latest
}

/** Is told when another link is followed while the page is open. Gives what ends the telling. */
export function onCode(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
