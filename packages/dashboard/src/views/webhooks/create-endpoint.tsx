import { type WebhookEndpointJson, webhookEventTypes } from '@acme/schema/wire'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { createEndpoint } from '../../api/webhooks.ts'
import { Button } from '../../parts/button.tsx'
import { Choice } from '../../parts/choice.tsx'
import { Choices } from '../../parts/choices.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { SecretOnce } from '../../parts/secret-once.tsx'
import { TextField } from '../../parts/text-field.tsx'

interface CreateEndpointProps {
  readonly open: boolean
  onOpenChange(open: boolean): void
  /** Is given the id once its secret was seen. */
  onMade(id: string): void
}

/** Adds an endpoint, and shows its secret once. */
export function CreateEndpoint({ open, onOpenChange, onMade }: CreateEndpointProps) {
  const client = useQueryClient()
  const [url, setUrl] = useState('')
  const [description, setDescription] = useState('')
  const [types, setTypes] = useState<readonly (typeof webhookEventTypes)[number][]>(webhookEventTypes)
  const [includesPrivate, setIncludesPrivate] = useState(false)
  const [made, setMade] = useState<WebhookEndpointJson>()
  const create = useMutation({
    mutationFn: () =>
      createEndpoint({
        url: url.trim(),
        event_types: [...types],
        include_private: includesPrivate,
        description: description.trim() || null,
      }),
    onSuccess(endpoint) {
      setMade(endpoint)
      void client.invalidateQueries({ queryKey: ['webhooks'] })
    },
  })
  const close = (next: boolean) => {
    onOpenChange(next)
    if (next) return
    if (made) onMade(made.id)
    setMade(undefined)
    setUrl('')
    setDescription('')
    create.reset()
  }

  if (made) {
    return (
      <Dialog
        open={open}
        onOpenChange={close}
        title="The endpoint is there"
        lead="Verify each request by this secret, as the webhooks page of the docs shows."
        actions={
          <Button look="main" onClick={() => close(false)}>
            Show deliveries
          </Button>
        }
      >
        <SecretOnce secret={made.secret ?? ''} what="signing secret" />
      </Dialog>
    )
  }
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="Add an endpoint"
      onSubmit={() => create.mutate()}
      actions={
        <>
          <Button onClick={() => close(false)}>Cancel</Button>
          <Button type="submit" look="main" busy={create.isPending} disabled={types.length === 0}>
            Add endpoint
          </Button>
        </>
      }
    >
      <TextField
        label="Address"
        type="url"
        placeholder="https://api.example.com/webhooks"
        hint="By https, and reachable from the server."
        value={url}
        onChange={({ target }) => setUrl(target.value)}
        error={create.error ? describeError(create.error).detail : undefined}
      />
      <TextField label="What it is for" value={description} onChange={({ target }) => setDescription(target.value)} />
      <fieldset className="choices">
        <legend>Events</legend>
        <Choices of={webhookEventTypes} chosen={types} onChange={setTypes} />
      </fieldset>
      <fieldset className="choices">
        <legend>What it sees of a user</legend>
        <Choice checked={includesPrivate} onChange={setIncludesPrivate}>
          Include what only your servers may see: private metadata
        </Choice>
      </fieldset>
    </Dialog>
  )
}
