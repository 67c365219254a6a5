/** Takes the code out of the address, so that it stands in no history. */
function take(): string | undefined {
  const code = new URLSearchParams(location.hash.slice(1)).get('code') ?? undefined
  if (code !== undefined) history.replaceState(history.state, '', location.pathname + location.search)
  return code
}

// At once, and of whoever is signed in already, too: they may be led here while the page is open.
const code = take()
addEventListener('hashchange', take)

/** Gives the code that stood in the address when the page was loaded. */
export function takeCode(): string | undefined {
  return code
}
