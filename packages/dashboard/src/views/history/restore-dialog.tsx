import { isAcmeError, type Kind, kinds, metadataParam } from '@acme/schema'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { restoreVersion, versionQuery } from '../../api/history.ts'
import { nameOf, type User } from '../../api/users.ts'
import { Button } from '../../parts/button.tsx'
import { Choice } from '../../parts/choice.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { changesBetween } from '../../parts/leaf-changes.ts'
import { LeafDiff } from '../../parts/leaf-diff.tsx'
import { Notice } from '../../parts/notice.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { ErrorState } from '../../parts/states.tsx'
import { toast, toastError } from '../../parts/toasts.tsx'

interface RestoreDialogProps {
  /** As they are now. */
  readonly user: User
  readonly version: number
  onClose(): void
}

/** Shows what going back to a version would change, kind by kind, and does it. It can be undone like any other change. */
export function RestoreDialog({ user, version, onClose }: RestoreDialogProps) {
  const client = useQueryClient()
  const { data: earlier, error, refetch } = useQuery(versionQuery(user.id, version))
  const [left, setLeft] = useState<readonly Kind[]>([])
  const differing = earlier
    ? kinds
        .map((kind) => {
          const param = metadataParam(kind)
          return { kind, changes: changesBetween(user[param] ?? {}, earlier[param] ?? {}) }
        })
        .filter(({ changes }) => changes.length > 0)
    : []
  const chosen = differing.map(({ kind }) => kind).filter((kind) => !left.includes(kind))
  const current = user.version

  const restore = useMutation({
    mutationFn: () => restoreVersion(user.id, version, chosen, current ?? 0),
    // Whoever came first is shown before it is tried again.
    onError: () => client.invalidateQueries({ queryKey: ['user', user.id] }),
    async onSuccess(restored) {
      client.setQueryData(['user', user.id], restored)
      await client.invalidateQueries({ queryKey: ['user', user.id, 'changes'] })
      onClose()
      toast({
        title: `${nameOf(user)} is as at version ${version}`,
        action: { label: 'Undo', run: () => void undo(restored.version ?? 0) },
        timeout: 15_000,
      })
    },
  })

  async function undo(now: number) {
    try {
      const back = await restoreVersion(user.id, current ?? 0, chosen, now)
      client.setQueryData(['user', user.id], back)
      await client.invalidateQueries({ queryKey: ['user', user.id, 'changes'] })
      toast({ title: 'Undone' })
    } catch (failure) {
      toastError(failure, 'Not undone')
    }
  }

  const isConflict = isAcmeError(restore.error) && restore.error.code === 'version_conflict'
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Restore version ${version}`}
      lead="This is what would change. The past stays: going back is a change like any other."
      size="wide"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" busy={restore.isPending} disabled={chosen.length === 0} onClick={() => restore.mutate()}>
            Restore {chosen.length === 1 ? `${chosen[0]} metadata` : 'metadata'}
          </Button>
        </>
      }
    >
      {error && <ErrorState error={error} retry={() => void refetch()} />}
      {!earlier && !error && <Skeleton height={120} />}
      {earlier && differing.length === 0 && <p className="soft">The metadata is the same as it was then.</p>}
      {isConflict && (
        <Notice tone="warn" title="The user has changed since you looked.">
          Below is what would change now. Look once more, and restore again.
        </Notice>
      )}
      {restore.error && !isConflict && <ErrorState error={restore.error} />}
      {differing.map(({ kind, changes }) => (
        <section key={kind} className="restore-kind">
          <Choice
            checked={!left.includes(kind)}
            onChange={(on) => setLeft(on ? left.filter((one) => one !== kind) : [...left, kind])}
          >
            <strong>{kind} metadata</strong>
          </Choice>
          <LeafDiff changes={changes} />
        </section>
      ))}
    </Dialog>
  )
}
