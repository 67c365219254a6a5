import type { WebhookEndpointJson } from '@acme/schema/wire'
import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { rotateSecret } from '../../api/webhooks.ts'
import { Button } from '../../parts/button.tsx'
import '../../parts/choice.css'
import { Dialog } from '../../parts/dialog.tsx'
import { SecretOnce } from '../../parts/secret-once.tsx'
import { ErrorState } from '../../parts/states.tsx'

/** For how long the secret before stays good, in seconds. */
const overlaps = [
  [86_400, 'A day: time to put the new one in place'],
  [3_600, 'An hour'],
  [0, 'Not at all: it got out'],
] as const

/** Gives an endpoint another secret. */
export function RotateSecret({ endpoint, onClose }: { readonly endpoint: WebhookEndpointJson; onClose(): void }) {
  const client = useQueryClient()
  const [overlap, setOverlap] = useState<number>(overlaps[0][0])
  const rotate = useMutation({
    mutationFn: () => rotateSecret(endpoint.id, overlap),
    onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks'] }),
  })
  const made = rotate.data
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Rotate the signing secret"
      {...(!made && { lead: 'Requests are signed by both secrets while the old one is good.' })}
      actions={
        made ? (
          <Button look="main" onClick={onClose}>
            Done
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button look="main" busy={rotate.isPending} onClick={() => rotate.mutate()}>
              Rotate secret
            </Button>
          </>
        )
      }
    >
      {rotate.error && <ErrorState error={rotate.error} />}
      {made ? (
        <SecretOnce secret={made.secret ?? ''} what="signing secret" />
      ) : (
        <RadioGroup
          className="choices"
          aria-label="How long the old secret stays good"
          value={overlap}
          onValueChange={(value) => setOverlap(Number(value))}
        >
          <span className="choices-title">How long the old secret stays good</span>
          {overlaps.map(([seconds, label]) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: the radio in it is its control
            <label key={seconds} className="choice">
              <Radio.Root value={seconds} className="radio">
                <Radio.Indicator className="radio-dot" />
              </Radio.Root>
              {label}
            </label>
          ))}
        </RadioGroup>
      )}
    </Dialog>
  )
}
