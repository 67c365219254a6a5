import './json.css'

/** A key or a text, a word of JSON, a number: what is set apart by its color. */
const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

interface JsonProps {
  readonly value: unknown
  /** How it is told to those who hear the page. */
  readonly label?: string
}

/** JSON to be read, never as markup: each piece is a text of its own. */
export function Json({ value, label }: JsonProps) {
  return (
    <pre className="json" {...(label !== undefined && { 'aria-label': label, role: 'region', tabIndex: 0 })}>
      {pieces(JSON.stringify(value, null, 2) ?? '')}
    </pre>
  )
}

function pieces(text: string) {
  const parts = []
  let end = 0
  for (const found of text.matchAll(token)) {
    const [whole, quoted, colon] = found
    if (found.index > end) parts.push(text.slice(end, found.index))
    const kind = quoted ? (colon ? 'key' : 'text') : /^[-\d]/.test(whole) ? 'number' : 'word'
    parts.push(
      <span key={found.index} className={kind}>
        {quoted ?? whole}
      </span>,
    )
    if (colon) parts.push(colon)
    end = found.index + whole.length
  }
  parts.push(text.slice(end))
  return parts
}
