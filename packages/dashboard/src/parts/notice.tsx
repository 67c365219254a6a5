import './notice.css'
import type { ReactNode } from 'react'

interface NoticeProps {
  readonly tone?: 'plain' | 'warn' | 'bad' | 'accent'
  readonly title: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
}

/** Something to know about the view, above what it is about. It is read out when it appears. */
export function Notice({ tone = 'plain', title, children, actions }: NoticeProps) {
  return (
    <div className={`notice ${tone}`} role="status">
      <div className="notice-text">
        <strong>{title}</strong>
        {children && <div>{children}</div>}
      </div>
      {actions && <div className="notice-actions">{actions}</div>}
    </div>
  )
}
