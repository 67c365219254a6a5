/**
 * Where the pages are served. A name that is reserved (RFC 2606), so that no stranger can stand there: whoever
 * publishes these packages puts their own here, and every `docsUrl` and the site itself follow.
 */
export const docsBase = 'https://acme.example/docs/'

/** Gives the address at which a code is explained; what a server sends as a code, but is no word, gets the page. */
export function docsUrl(code: string): string {
  return `${docsBase}errors${typeof code === 'string' && /^\w+$/.test(code) ? `#${code}` : ''}`
}
