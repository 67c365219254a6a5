import { type SignInTokenJson, signInTokenJson } from '@acme/schema/wire'
import { useState } from 'react'
import { api } from '../../api/api.ts'
import { nameOf, type User } from '../../api/users.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Notice } from '../../parts/notice.tsx'
import { toast, toastError } from '../../parts/toasts.tsx'

/** How long a ticket is good for, in seconds. */
const lifetime = 600

/** Makes a ticket by which one signs in to an app as a user, once. */
export async function makeTicket(user: User): Promise<SignInTokenJson> {
  return api.post('sign_in_tokens', signInTokenJson, { body: { user_id: user.id, expires_in_seconds: lifetime } })
}

interface TicketProps {
  readonly user: User
  readonly ticket: SignInTokenJson
  onOver(): void
}

/** Stands over the user as long as somebody can become them by a ticket. */
export function TicketBanner({ user, ticket, onOver }: TicketProps) {
  const [shows, setShows] = useState(true)
  const [busy, setBusy] = useState(false)
  const token = ticket.token ?? ''

  const revoke = async () => {
    setBusy(true)
    try {
      await api.post(`sign_in_tokens/${ticket.id}/revoke`, signInTokenJson, { body: {} })
      toast({ title: 'Took the ticket back' })
      onOver()
    } catch (error) {
      toastError(error)
      setBusy(false)
    }
  }
  const copy = async () => {
    await navigator.clipboard.writeText(token)
    toast({ title: 'Copied the ticket', timeout: 2_000 })
  }

  return (
    <>
      <Notice
        tone="warn"
        title={`A ticket to sign in as ${nameOf(user)} is out.`}
        actions={
          <>
            <Button size="small" onClick={() => setShows(true)}>
              Show the ticket
            </Button>
            <Button size="small" busy={busy} onClick={() => void revoke()}>
              Take it back
            </Button>
          </>
        }
      >
        It can be used once, within 10 minutes of when it was made. What is done so counts as done by them.
      </Notice>
      <Dialog
        open={shows}
        onOpenChange={setShows}
        title={`Sign in as ${nameOf(user)}`}
        lead="The ticket signs in once, within 10 minutes. Everything you do with it counts as done by this user."
        actions={
          <>
            <Button onClick={() => setShows(false)}>Close</Button>
            <Button look="main" onClick={() => void copy()}>
              Copy the ticket
            </Button>
          </>
        }
      >
        <p className="soft">
          An app takes it at its sign-in: Clerk’s SDKs by{' '}
          <code>
            signIn.create({'{'} strategy: 'ticket', ticket {'}'})
          </code>
          , which is <code>POST /v1/client/sign_ins</code> on the wire. Use a private window, so that you stay signed in
          as yourself in this one.
        </p>
        <textarea className="input ticket" readOnly rows={4} aria-label="Ticket" value={token} />
      </Dialog>
    </>
  )
}
