import './button.css'
import { Button as BaseButton } from '@base-ui/react/button'
import type { ComponentProps } from 'react'

type ButtonProps = Omit<ComponentProps<typeof BaseButton>, 'className'> & {
  /** `main` is the one thing to do here. @default 'plain' */
  readonly look?: 'main' | 'plain' | 'quiet' | 'danger'
  readonly size?: 'small' | 'usual'
  /** Whether it is doing what it does: it stays where it is, and cannot be pressed twice. */
  readonly busy?: boolean
  readonly className?: string
}

/** A button. Its words are the verb and the object: "Create user". */
export function Button({ look = 'plain', size = 'usual', busy = false, className = '', ...props }: ButtonProps) {
  return (
    <BaseButton
      {...props}
      aria-busy={busy || undefined}
      disabled={props.disabled || busy}
      focusableWhenDisabled={busy}
      className={`button ${look} ${size} ${className}`}
    />
  )
}
