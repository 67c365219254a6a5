import { join } from 'node:path'

/** The folder of this package, absolute. */
export const docs: string = join(import.meta.dirname, '..')

/** The root folder of the repository, absolute. */
export const root: string = join(docs, '..', '..')

/** Where the pages are written. */
export const pages: string = join(docs, 'pages')

/** Where the built site is. */
export const site: string = join(docs, 'dist')
