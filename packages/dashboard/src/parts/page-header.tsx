import './page-header.css'
import { type ReactNode, useEffect } from 'react'

interface PageHeaderProps {
  /** Blank while it is not known yet. */
  readonly title: string
  /** Beside the title: how many, or what state it is in. */
  readonly note?: ReactNode
  /** One sentence under it, where the view does not explain itself. */
  readonly lead?: ReactNode
  /** What can be done here, the main thing last. */
  readonly actions?: ReactNode
  /** Where one came from. */
  readonly back?: ReactNode
  /** The title of the tab, where it is another. Never anything private. */
  readonly tab?: string
}

/** The head of a view. It names the browser's tab as well. */
export function PageHeader({ title, note, lead, actions, back, tab = title }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${tab} · Dashboard`
  }, [tab])
  return (
    <header className="page-header">
      {back && <div className="page-header-back">{back}</div>}
      <div className="page-header-line">
        {title.trim() && <h1>{title}</h1>}
        {note && <span className="page-header-note">{note}</span>}
        {actions && <div className="page-header-actions">{actions}</div>}
      </div>
      {lead && <p className="page-header-lead">{lead}</p>}
    </header>
  )
}
