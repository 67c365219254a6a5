import type { MarkdownRenderer } from 'vitepress'

/** Makes the head of a column that says nothing an ordinary cell: read aloud, it would promise something. */
export function noEmptyHeads(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('no_empty_heads', ({ tokens }) => {
    for (const [index, token] of tokens.entries()) {
      const next = tokens[index + 2]
      if (token.type !== 'th_open' || tokens[index + 1]?.content !== '' || next?.type !== 'th_close') continue
      token.tag = 'td'
      next.tag = 'td'
    }
  })
}
