import { invitationJson } from '@acme/schema/wire'
import { useState } from 'react'
import { api } from '../../api/api.ts'
import { describeError } from '../../api/describe-error.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { toast, toastError } from '../../parts/toasts.tsx'

/** Asks somebody to sign up, by mail. The invitation can be taken back as long as the note about it shows. */
export function InviteUser({ onClose }: { onClose(): void }) {
  const [address, setAddress] = useState('')
  const [page, setPage] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)

  const submit = async () => {
    const email = address.trim()
    if (busy || !email) return
    setBusy(true)
    try {
      const body = { email_address: email, ...(page.trim() && { redirect_url: page.trim() }) }
      const { id } = await api.post('invitations', invitationJson, { body })
      const revoke = () =>
        api
          .post(`invitations/${id}/revoke`, invitationJson, { body: {} })
          .then(() => toast({ title: `Took the invitation of ${email} back` }), toastError)
      toast({
        title: `Invited ${email}`,
        detail: 'By mail, for 30 days.',
        timeout: 8_000,
        action: { label: 'Take it back', run: () => void revoke() },
      })
      onClose()
    } catch (error) {
      setError(describeError(error).detail)
      setBusy(false)
    }
  }

  return (
    <Dialog
      open
      size="small"
      onOpenChange={(open) => !open && onClose()}
      title="Invite somebody"
      lead="They get a mail with a link to sign up, and appear here when they have."
      onSubmit={() => void submit()}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="main" busy={busy} disabled={!address.trim()}>
            Send the invitation
          </Button>
        </>
      }
    >
      <TextField
        label="E-mail address"
        type="email"
        autoComplete="off"
        value={address}
        onChange={(event) => setAddress(event.target.value)}
      />
      <TextField
        label="Sign-up page"
        type="url"
        autoComplete="off"
        placeholder="https://app.example.com/sign-up"
        hint="Where the link leads. Left empty, to the page that the server was started with (--sign-up-url)."
        value={page}
        error={error}
        onChange={(event) => {
          setError(undefined)
          setPage(event.target.value)
        }}
      />
    </Dialog>
  )
}
