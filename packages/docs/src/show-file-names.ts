import type { MarkdownRenderer } from 'vitepress'

/** Shows above a block of code which file it is, where the page says so: ```` ```ts [src/acme.ts] ````. */
export function showFileNames(markdown: MarkdownRenderer): void {
  const { fence } = markdown.renderer.rules
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const token = tokens[index] as { readonly info?: string; readonly src?: readonly string[] } | undefined
    const isPart = Boolean(token?.src?.[1])
    // Read first: what renders the block takes it away. A part of a file is called like the file, which says nothing.
    const title = isPart ? undefined : /\[(.+)\]/.exec(token?.info ?? '')?.[1]
    const code = fence?.(tokens, index, ...rest) ?? ''
    return title ? `<div class="file-name">${markdown.utils.escapeHtml(title)}</div>${code}` : code
  }
}
