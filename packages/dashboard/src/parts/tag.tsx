import './tag.css'
import type { ReactNode } from 'react'

interface TagProps {
  readonly tone?: 'plain' | 'good' | 'warn' | 'bad' | 'accent'
  readonly children: ReactNode
}

/** A state in a word. */
export function Tag({ tone = 'plain', children }: TagProps) {
  return <span className={`tag ${tone}`}>{children}</span>
}
