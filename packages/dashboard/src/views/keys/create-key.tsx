import { type SecretKeyJson, type SecretKeyScope, secretKeyScopes } from '@acme/schema/wire'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { createSecretKey } from '../../api/secret-keys.ts'
import { Button } from '../../parts/button.tsx'
import { Choices } from '../../parts/choices.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { SecretOnce } from '../../parts/secret-once.tsx'
import { TextField } from '../../parts/text-field.tsx'

const words: { readonly [S in SecretKeyScope]: string } = {
  read: 'Read users, their metadata and everything else',
  write: 'Write everything, which includes reading it',
  'write:public': 'Write public metadata, and nothing else',
}

/** Makes a key, and shows it once. */
export function CreateKey({ open, onOpenChange }: { readonly open: boolean; onOpenChange(open: boolean): void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly SecretKeyScope[]>([])
  const [made, setMade] = useState<SecretKeyJson>()
  const create = useMutation({
    mutationFn: () => createSecretKey(name.trim(), scopes.length > 0 ? scopes : undefined),
    onSuccess(key) {
      setMade(key)
      void client.invalidateQueries({ queryKey: ['secret-keys'] })
    },
  })
  const close = (next: boolean) => {
    onOpenChange(next)
    if (next) return
    setMade(undefined)
    setName('')
    setScopes([])
    // The reply holds the key.
    create.reset()
  }
  if (made) {
    return (
      <Dialog
        open={open}
        onOpenChange={close}
        title={`The key ${made.name} is there`}
        actions={
          <Button look="main" onClick={() => close(false)}>
            Done
          </Button>
        }
      >
        <SecretOnce secret={made.secret_key ?? ''} what="secret key" />
      </Dialog>
    )
  }
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="Add a key"
      onSubmit={() => create.mutate()}
      actions={
        <>
          <Button onClick={() => close(false)}>Cancel</Button>
          <Button type="submit" look="main" busy={create.isPending} disabled={name.trim() === ''}>
            Add key
          </Button>
        </>
      }
    >
      <TextField
        label="Name"
        placeholder="billing-server"
        hint="Letters, digits, dots, hyphens and underscores. Histories name a key by its id, lists by this."
        autoComplete="off"
        value={name}
        onChange={({ target }) => setName(target.value)}
        error={create.error ? describeError(create.error).detail : undefined}
      />
      <fieldset className="choices">
        <legend>What it may do</legend>
        <Choices of={secretKeyScopes} chosen={scopes} onChange={setScopes} words={words} />
        <p className="faint">
          {scopes.length === 0 ? 'Nothing chosen: it may do everything, these keys included.' : ' '}
        </p>
      </fieldset>
    </Dialog>
  )
}
