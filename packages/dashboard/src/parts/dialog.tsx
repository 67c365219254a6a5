import './dialog.css'
import { Dialog as BaseDialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'

interface DialogProps {
  readonly open: boolean
  onOpenChange(open: boolean): void
  readonly title: string
  readonly lead?: ReactNode
  readonly children: ReactNode
  /** What ends it, the main thing last. */
  readonly actions?: ReactNode
  readonly size?: 'small' | 'usual' | 'wide'
  /** Sent by Enter from any of its fields. */
  readonly onSubmit?: () => void
}

/** A dialog over the page. Escape and the cross close it, and the focus goes back to where it was. */
export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, lead, children, actions, size = 'usual', onSubmit } = props
  const popup = useRef<HTMLDivElement>(null)
  const inner = (
    <>
      <div className="dialog-body">{children}</div>
      {actions && <div className="dialog-actions">{actions}</div>}
    </>
  )
  return (
    <BaseDialog.Root open={open} onOpenChange={onOpenChange}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="scrim" />
        <BaseDialog.Popup ref={popup} className={`dialog ${size}`} initialFocus={() => firstOf(popup.current)}>
          <div className="dialog-head">
            <BaseDialog.Title>{title}</BaseDialog.Title>
            <BaseDialog.Close className="dialog-close" aria-label="Close">
              <X size={16} aria-hidden />
            </BaseDialog.Close>
          </div>
          {lead && <BaseDialog.Description className="dialog-lead">{lead}</BaseDialog.Description>}
          {onSubmit ? (
            <form
              className="dialog-form"
              onSubmit={(event) => {
                event.preventDefault()
                onSubmit()
              }}
            >
              {inner}
            </form>
          ) : (
            inner
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  )
}

/** Where one begins: with the first thing to fill in, else with the main thing to do, else with what does nothing. */
function firstOf(popup: HTMLElement | null): HTMLElement | null {
  const field = popup?.querySelector<HTMLElement>('.dialog-body :is(input, textarea, select)')
  const main = popup?.querySelector<HTMLElement>('.dialog-actions .main')
  return field ?? main ?? popup?.querySelector<HTMLElement>('.dialog-actions button') ?? popup
}
