import './toasts.css'
import { Toast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { describeError } from '../api/describe-error.ts'

const manager = Toast.createToastManager()

interface Note {
  readonly title: string
  /** Never private metadata: it stands over whatever view is open. */
  readonly detail?: string
  /** What takes it back or leads on, and its words. */
  readonly action?: { readonly label: string; run(): void }
  /** How long it stays, in milliseconds. @default 5_000 */
  readonly timeout?: number
  /** Called when it goes without its action: by time, or because somebody closed it. */
  onOver?(): void
}

/** Says what has happened, in a corner, and offers to undo it where that is possible. */
export function toast({ title, detail, action, timeout = 5_000, onOver }: Note, type = 'note'): void {
  let isTaken = false
  const id = manager.add({
    title,
    description: detail,
    type,
    timeout,
    priority: type === 'error' ? 'high' : 'low',
    onClose: () => {
      if (!isTaken) onOver?.()
    },
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          isTaken = true
          manager.close(id)
          action.run()
        },
      },
    }),
  })
}

/** Says what has failed. */
export function toastError(error: unknown, title?: string): void {
  const words = describeError(error)
  toast(
    { title: title ?? words.title, detail: title ? `${words.title}. ${words.detail}` : words.detail, timeout: 10_000 },
    'error',
  )
}

/** The corner where notes appear. F6 leads to it. */
export function Toasts({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider toastManager={manager} limit={3}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <Notes />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  )
}

function Notes() {
  const { toasts } = Toast.useToastManager()
  return toasts.map((note) => (
    <Toast.Root key={note.id} toast={note} className={`toast ${note.type}`}>
      <div className="toast-text">
        <Toast.Title className="toast-title" />
        <Toast.Description className="toast-detail" />
      </div>
      <Toast.Action className="toast-action" />
      <Toast.Close className="toast-close" aria-label="Close">
        <X size={14} aria-hidden />
      </Toast.Close>
    </Toast.Root>
  ))
}
