import './sign-in.css'
import { Dialog } from '@base-ui/react/dialog'
import { SignInForm } from './sign-in-form.tsx'

/** Stands over the page of who was signed in: the session is over, and what is unsaved stays. */
export function SignInAgain() {
  return (
    <Dialog.Root open>
      <Dialog.Portal>
        <Dialog.Backdrop className="scrim opaque" />
        <Dialog.Popup className="dialog small">
          <div className="dialog-head">
            <Dialog.Title>Sign in again</Dialog.Title>
          </div>
          <Dialog.Description className="dialog-lead">
            The sign-in is over. What you have not saved is kept on this page.
          </Dialog.Description>
          <div className="dialog-body">
            <SignInForm />
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
