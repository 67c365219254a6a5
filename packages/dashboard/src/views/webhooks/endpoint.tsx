import type { WebhookEndpointJson } from '@acme/schema/wire'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { deleteEndpoint, deliveriesQuery, replay, updateEndpoint } from '../../api/webhooks.ts'
import { Button } from '../../parts/button.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Menu } from '../../parts/menu.tsx'
import { Notice } from '../../parts/notice.tsx'
import { PageHeader } from '../../parts/page-header.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Time } from '../../parts/time.tsx'
import { toast, toastError } from '../../parts/toasts.tsx'
import { Deliveries } from './deliveries.tsx'
import { RotateSecret } from './rotate-secret.tsx'

/** One endpoint: what was sent to it, what was not, and what can be done about that. */
export function Endpoint({ endpoint, onGone }: { readonly endpoint: WebhookEndpointJson; onGone(): void }) {
  const client = useQueryClient()
  const [search, setSearch] = useSearchParams()
  const [rotating, setRotating] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const isPaused = endpoint.status === 'paused'
  const parked = useInfiniteQuery(deliveriesQuery(endpoint.id, true)).data?.pages
  const given = parked?.reduce((sum, { data }) => sum + data.length, 0) ?? 0
  const howMany = `${given}${parked?.at(-1)?.has_more ? '+' : ''}`
  const refresh = () => client.invalidateQueries({ queryKey: ['webhooks'] })

  const setStatus = async (status: WebhookEndpointJson['status'], undoes = false) => {
    try {
      await updateEndpoint(endpoint.id, { status })
      await refresh()
      const before = status === 'paused' ? 'enabled' : 'paused'
      toast({
        title: status === 'paused' ? 'Paused: its events wait' : 'Sending again',
        ...(!undoes && { action: { label: 'Undo', run: () => void setStatus(before, true) } }),
      })
    } catch (error) {
      toastError(error)
    }
  }
  const replayParked = async () => {
    try {
      const count = await replay(endpoint.id, { status: 'parked' })
      await refresh()
      toast({ title: count === 1 ? '1 event is sent again' : `${count.toLocaleString('en')} events are sent again` })
    } catch (error) {
      toastError(error, 'Not sent again')
    }
  }
  const remove = useMutation({
    mutationFn: () => deleteEndpoint(endpoint.id),
    async onSuccess() {
      onGone()
      await refresh()
      toast({ title: 'The endpoint is deleted' })
    },
    onError: (error) => toastError(error, 'Not deleted'),
  })

  return (
    <>
      <PageHeader
        back={
          <Link href="/webhooks" className="link webhooks-back">
            <ArrowLeft size={12} aria-hidden /> Webhooks
          </Link>
        }
        title={endpoint.url}
        tab="Endpoint"
        note={<Tag tone={isPaused ? 'warn' : 'good'}>{isPaused ? 'Paused' : 'Sending'}</Tag>}
        lead={endpoint.description ?? undefined}
        actions={
          <>
            <Button onClick={() => void setStatus(isPaused ? 'enabled' : 'paused')}>
              {isPaused ? 'Send again' : 'Pause'}
            </Button>
            <Button onClick={() => setRotating(true)}>Rotate secret…</Button>
            <Menu
              trigger={
                <Button aria-label="More">
                  <Ellipsis size={16} aria-hidden />
                </Button>
              }
              items={[{ label: 'Delete endpoint…', danger: true, run: () => setDeleting(true) }]}
            />
          </>
        }
      />
      <dl className="endpoint-facts">
        <div>
          <dt>Id</dt>
          <dd>
            <Copy text={endpoint.id} what="id" />
          </dd>
        </div>
        <div>
          <dt>Events</dt>
          <dd>{endpoint.event_types.join(', ')}</dd>
        </div>
        <div>
          <dt>Private metadata</dt>
          <dd>{endpoint.include_private ? 'Included' : 'Left out'}</dd>
        </div>
        <div>
          <dt>Secrets</dt>
          <dd>{endpoint.secrets === 1 ? 'One' : `${endpoint.secrets}, while they change`}</dd>
        </div>
        <div>
          <dt>Added</dt>
          <dd>
            <Time at={endpoint.created_at} />
          </dd>
        </div>
      </dl>
      {given > 0 && (
        <div className="webhooks-notice">
          <Notice
            tone="bad"
            title={`${howMany} ${given === 1 ? 'event was' : 'events were'} given up.`}
            actions={<Button onClick={() => void replayParked()}>Send them again</Button>}
          >
            They were not answered with success within three days. See what was answered, mend that, and send them
            again.
          </Notice>
        </div>
      )}
      <Tabs
        label="Deliveries"
        value={search.get('show') ?? 'all'}
        onChange={(show) => setSearch({ endpoint: endpoint.id, ...(show !== 'all' && { show }) })}
        tabs={[
          { value: 'all', title: 'All deliveries', panel: <Deliveries endpoint={endpoint} isParked={false} /> },
          {
            value: 'parked',
            title: <>Given up {given > 0 && <Tag tone="bad">{howMany}</Tag>}</>,
            panel: <Deliveries endpoint={endpoint} isParked />,
          },
        ]}
      />
      {rotating && <RotateSecret endpoint={endpoint} onClose={() => setRotating(false)} />}
      <Dialog
        open={deleting}
        onOpenChange={setDeleting}
        size="small"
        title="Delete this endpoint?"
        lead="What waits for it is forgotten, and its secret is good for nothing. This cannot be undone; pausing can."
        actions={
          <>
            <Button onClick={() => setDeleting(false)}>Keep it</Button>
            <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
              Delete endpoint
            </Button>
          </>
        }
      >
        <code className="endpoint-url">{endpoint.url}</code>
      </Dialog>
    </>
  )
}
