import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withIncludes } from './code-blocks.ts'
import { navigation } from './navigation.ts'
import { pages, site } from './places.ts'

/**
 * Writes each page as Markdown beside its HTML, a list of all of them (`llms.txt`, see llmstxt.org), and all of them in
 * one file (`llms-full.txt`).
 */
export function writeMarkdown(): void {
  const all = [{ text: 'Acme user metadata', link: '/index' }, ...navigation.flatMap(({ items }) => items)]
  const texts = all.map(({ link }) => {
    const text = withIncludes(readFileSync(join(pages, `${link}.md`), 'utf8'))
    const file = join(site, `${link}.md`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return text.replace(/^---\n[\s\S]*?\n---\n/, '').trim()
  })
  const [first = ''] = texts
  // The words below the title of the first page say what all of it is.
  const summary = /^# .+\n\n(.+)/.exec(first)?.[1] ?? ''
  const parts = navigation.map(
    ({ text, items }) => `## ${text}\n\n${items.map((item) => `- [${item.text}](/docs${item.link}.md)`).join('\n')}\n`,
  )
  writeFileSync(join(site, 'llms.txt'), `# Acme user metadata\n\n> ${summary}\n\n${parts.join('\n')}`)
  writeFileSync(join(site, 'llms-full.txt'), `${texts.join('\n\n---\n\n')}\n`)
}
