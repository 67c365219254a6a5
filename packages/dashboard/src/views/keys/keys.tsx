import './keys.css'
import type { SecretKeyJson } from '@acme/schema/wire'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { revokeSecretKey, secretKeysQuery } from '../../api/secret-keys.ts'
import { useSession } from '../../api/use-session.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { PageHeader } from '../../parts/page-header.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { EmptyState, ErrorState } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Time } from '../../parts/time.tsx'
import { toast, toastError } from '../../parts/toasts.tsx'
import { CreateKey } from './create-key.tsx'

/** Which secret keys open this instance, what each may do, and when it was used last. */
export function Keys() {
  const session = useSession().data
  const isLimited = Boolean(session?.key.scopes)
  const { data, error, refetch } = useQuery({ ...secretKeysQuery, enabled: !isLimited })
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<SecretKeyJson>()

  return (
    <>
      <PageHeader
        title="Keys"
        lead="A secret key lets a server of yours use the Backend API. Only its digest is kept, so it shows once, when it is made."
        actions={
          !isLimited && (
            <Button look="main" onClick={() => setCreating(true)}>
              <Plus size={14} aria-hidden /> Add key
            </Button>
          )
        }
      />
      {isLimited && (
        <EmptyState icon={KeyRound} title="This key may not manage keys">
          You are signed in by a key that may {session?.key.scopes?.join(' and ')}. Sign in by one that may do
          everything.
        </EmptyState>
      )}
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {!isLimited && !data && !error && (
        <div className="keys-skeleton" aria-busy="true">
          <Skeleton height={32} />
          <Skeleton height={32} />
        </div>
      )}
      {data && (
        <Table
          label="Secret keys"
          rows={data.data}
          rowKey={({ id }) => id}
          columns={[
            {
              id: 'name',
              title: 'Name',
              cell: ({ name, is_current, is_kept }) => (
                <span className="keys-name">
                  {name ?? <span className="faint">No name</span>}
                  {is_kept && <Tag>Of this server</Tag>}
                  {is_current && <Tag tone="accent">Yours now</Tag>}
                </span>
              ),
            },
            { id: 'id', title: 'Id', wideOnly: true, cell: ({ id }) => <code>{id}</code> },
            {
              id: 'scopes',
              title: 'May',
              wideOnly: true,
              cell: ({ scopes }) => (scopes ? scopes.join(', ') : 'do everything'),
            },
            {
              id: 'used',
              title: 'Used last',
              wideOnly: true,
              cell: ({ last_used_at }) =>
                last_used_at === null ? <span className="faint">Not known</span> : <Time at={last_used_at} />,
            },
            {
              id: 'made',
              title: 'Made',
              wideOnly: true,
              cell: ({ created_at }) =>
                created_at === null ? <span className="faint">Not known</span> : <Time at={created_at} />,
            },
            {
              id: 'revoke',
              title: <span className="unseen">Revoke</span>,
              numeric: true,
              cell: (key) =>
                !key.is_kept &&
                data.data.length > 1 && (
                  <Button size="small" onClick={() => setRevoking(key)} aria-label={`Revoke ${key.name ?? key.id}`}>
                    Revoke…
                  </Button>
                ),
            },
          ]}
        />
      )}
      <CreateKey open={creating} onOpenChange={setCreating} />
      {revoking && <RevokeKey revoked={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  )
}

function RevokeKey({ revoked, onClose }: { readonly revoked: SecretKeyJson; onClose(): void }) {
  const client = useQueryClient()
  const name = revoked.name ?? revoked.id
  const revoke = useMutation({
    mutationFn: () => revokeSecretKey(revoked.id),
    async onSuccess() {
      onClose()
      toast({ title: `${name} opens nothing any more` })
      await client.invalidateQueries({ queryKey: ['secret-keys'] })
    },
    onError: (error) => toastError(error, 'Not revoked'),
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="small"
      title={`Revoke ${name}?`}
      lead={
        revoked.is_current
          ? 'You are signed in by it: this signs you out. Every server that uses it is refused within a second.'
          : 'Every server that uses it is refused within a second. A revoked key cannot be brought back.'
      }
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
            Revoke key
          </Button>
        </>
      }
    >
      <p className="soft">
        {revoked.last_used_at === null ? (
          'When it was used last is not known.'
        ) : (
          <>
            It was used last <Time at={revoked.last_used_at} />.
          </>
        )}
      </p>
    </Dialog>
  )
}
