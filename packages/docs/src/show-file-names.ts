import type { MarkdownRenderer } from 'vitepress'

/** Shows above a block of code which file it is, where the page says so: ```` ```ts [src/acme.ts] ````. */
export function showFileNames(markdown: MarkdownRenderer): void {
  const { fence } = markdown.renderer.rules
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    // Read first: what renders the block takes it away.
    const title = /\[(.+)\]/.exec(tokens[index]?.info ?? '')?.[1]
    const code = fence?.(tokens, index, ...rest) ?? ''
    return title ? `<div class="file-name">${markdown.utils.escapeHtml(title)}</div>${code}` : code
  }
}
