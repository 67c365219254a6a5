// Builds the whole site: the reference from the sources, the page of errors, HTML, and Markdown beside it.
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vitepress'
import { errorsPage } from './errors-page.ts'
import { builtMarker } from './need-site.ts'
import { docs, pages } from './places.ts'
import { writeMarkdown } from './write-markdown.ts'
import { writeReference } from './write-reference.ts'

await rm(builtMarker, { force: true })
await writeFile(join(pages, 'errors.md'), errorsPage())
await rm(join(pages, 'reference'), { recursive: true, force: true })
await writeReference(join(pages, 'reference'))
await rm(join(pages, 'reference', 'README.md'))
await build(docs)
await writeMarkdown()
await writeFile(builtMarker, '')
