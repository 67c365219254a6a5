import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { deliveryQuery, replay } from '../../api/webhooks.ts'
import { Button } from '../../parts/button.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Json } from '../../parts/json.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { ErrorState } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { toast, toastError } from '../../parts/toasts.tsx'
import { State } from './deliveries.tsx'

interface DeliveryProps {
  readonly endpointId: string
  readonly eventId: string
  onClose(): void
}

/** One delivery: how its attempts went, and what it says. */
export function Delivery({ endpointId, eventId, onClose }: DeliveryProps) {
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(deliveryQuery(endpointId, eventId))
  const again = useMutation({
    mutationFn: () => replay(endpointId, { event_id: eventId }),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: ['webhooks', endpointId] })
      toast({ title: 'The event is sent again' })
    },
    onError: (failure) => toastError(failure, 'Not sent again'),
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={data?.type ?? 'Delivery'}
      size="wide"
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            look="main"
            busy={again.isPending}
            disabled={!data || data.payload === null}
            onClick={() => again.mutate()}
          >
            Send again
          </Button>
        </>
      }
    >
      {error && !data && <ErrorState error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={240} />}
      {data && (
        <>
          <dl className="endpoint-facts in-dialog">
            <div>
              <dt>State</dt>
              <dd>
                <State delivery={data} />
              </dd>
            </div>
            <div>
              <dt>Event</dt>
              <dd>
                <Copy text={data.event_id} what="id of the event" />
              </dd>
            </div>
            <div>
              <dt>User</dt>
              <dd>
                <Link href={`/users/${data.user_id}/history`} className="link">
                  version {data.version}
                </Link>
              </dd>
            </div>
            <div>
              <dt>Attempts</dt>
              <dd>
                {data.attempts}
                {data.last_attempt_at !== null && (
                  <>
                    , last <Time at={data.last_attempt_at} />
                  </>
                )}
              </dd>
            </div>
            <div>
              <dt>Last answer</dt>
              <dd>{data.last_status ?? data.last_failure ?? <span className="faint">None yet</span>}</dd>
            </div>
            {data.next_attempt_at !== null && (
              <div>
                <dt>Next attempt</dt>
                <dd>
                  <Time at={data.next_attempt_at} />
                </dd>
              </div>
            )}
          </dl>
          <section>
            <h3 className="payload-title">
              Payload <span className="faint">as it would be sent now: the user is read when it is</span>
            </h3>
            {data.payload === null ? (
              <p className="faint">The user is gone: nothing would be sent.</p>
            ) : (
              <div className="payload">
                <Json value={data.payload} label="Payload" />
              </div>
            )}
          </section>
        </>
      )}
    </Dialog>
  )
}
