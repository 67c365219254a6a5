import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { isOver, jobQuery } from '../../api/jobs.ts'
import { type Begun, beginPush, type Push } from '../../api/schema-versions.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ErrorState } from '../../parts/states.tsx'
import { CheckOutcome } from './check-outcome.tsx'

interface PushDialogProps {
  readonly push: Push
  readonly title: string
  onClose(): void
}

/** Has other rules hold: it looks through all users first, and refuses where some would break them. */
export function PushDialog({ push, title, onClose }: PushDialogProps) {
  const client = useQueryClient()
  const [begun, setBegun] = useState<Begun>()
  const start = useMutation({ mutationFn: () => beginPush(push), onSuccess: setBegun })
  const job = useQuery({
    ...jobQuery(begun && 'job' in begun ? begun.job : ''),
    enabled: begun !== undefined && 'job' in begun,
  })
  const ended = begun !== undefined && (!('job' in begun) || (job.data !== undefined && isOver(job.data)))
  useEffect(() => {
    if (ended) void client.invalidateQueries({ queryKey: ['schemas'] })
  }, [ended, client])

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      lead="All stored users are looked through first. Where some would not fit, nothing changes and they are named."
      actions={
        <>
          <Button onClick={onClose}>{begun ? 'Close' : 'Cancel'}</Button>
          {!begun && (
            <Button look="main" busy={start.isPending} onClick={() => start.mutate()}>
              {'version' in push ? `Go back to version ${push.version}` : 'Push'}
            </Button>
          )}
        </>
      }
    >
      {start.error && <ErrorState error={start.error} />}
      {!begun && !start.error && (
        <p className="soft">
          {'version' in push
            ? 'The earlier schemas become a new version, so that this can be taken back the same way.'
            : 'It becomes the next version. Each is kept, and you can go back.'}
        </p>
      )}
      {begun && <CheckOutcome begun={begun} done="It is in force." />}
    </Dialog>
  )
}
