/** Whether this is a page, whose browser keeps cookies. */
export const isPage: boolean = 'document' in globalThis

/** Whether a response can be read while it arrives. */
export const hasStreams: boolean = 'body' in Response.prototype

/** Whether whoever calls is told that a connection was refused: browsers and workerd only say that it was lost. */
export const saysWhy: boolean = !isPage && globalThis.navigator?.userAgent !== 'Cloudflare-Workers'
