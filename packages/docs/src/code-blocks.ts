import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pages, root } from './places.ts'

/** A block of code of a page. */
export interface CodeBlock {
  readonly language: string
  /** The file that it is, where the page says so: `src/acme.ts`. */
  readonly title: string | undefined
  readonly text: string
}

const include = /^<<< @\/(\S+?)(?:#([\w-]+))?(?:\s*\{([^}]*)\})?(?:\s*\[(.+)\])?\s*$/gm

/** Gives a page with the code that it takes from files in its place, as VitePress shows it. */
export function withIncludes(markdown: string): string {
  return markdown.replace(include, (_, path: string, region?: string, language?: string, title?: string) => {
    const text = readFileSync(join(pages, path), 'utf8')
    const shown = region ? regionOf(text, region, path) : text.replace(/^.*\/\/ #(end)?region.*\n/gm, '')
    const info = (language || path.slice(path.lastIndexOf('.') + 1)) + (title ? ` [${title}]` : '')
    return `\`\`\`${info}\n${shown.trimEnd()}\n\`\`\``
  })
}

/** The files that a page takes code from, relative to the root of the repository. */
export function includedFiles(markdown: string): string[] {
  return [...markdown.matchAll(include)].map(([, path = '']) => relative(root, join(pages, path)))
}

/** Every block of code of a page whose includes are there. */
export function codeBlocks(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^```(\w+)(?: \[(.+)\])?.*\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', title, text = '']) => ({ language, title, text }),
  )
}

function regionOf(text: string, region: string, path: string): string {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`)
  const end = lines.findIndex((line) => line.trim() === `// #endregion ${region}`)
  if (start === -1 || end < start) throw new Error(`${path} has no region ${region}`)
  const inner = lines.slice(start + 1, end).filter((line) => !/^\s*\/\/ #(end)?region /.test(line))
  const indent = Math.min(...inner.filter((line) => line.trim()).map((line) => line.search(/\S/)))
  return inner.map((line) => line.slice(indent)).join('\n')
}
