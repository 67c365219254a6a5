import './copy.css'
import { Copy as CopyIcon } from 'lucide-react'
import { toast } from './toasts.tsx'

/** Shortens an id in the middle, so that its kind and its end can be compared. */
export function shortId(id: string): string {
  return id.length > 18 ? `${id.slice(0, 9)}…${id.slice(-5)}` : id
}

interface CopyProps {
  /** What is copied. */
  readonly text: string
  /** What it is: "id". */
  readonly what: string
  readonly whole?: boolean
}

/** An id, shortened; a click copies the whole of it. */
export function Copy({ text, what, whole = false }: CopyProps) {
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    toast({ title: `Copied the ${what}`, timeout: 2_000 })
  }
  return (
    <button type="button" className="copy" data-whole={whole || undefined} title={`Copy ${text}`} onClick={copy}>
      <span className="unseen">Copy the {what} </span>
      {whole ? text : shortId(text)}
      {whole && <CopyIcon size={14} aria-hidden />}
    </button>
  )
}
