import './user.css'
import { kinds } from '@acme/schema'
import { backendUserJson, type SignInTokenJson } from '@acme/schema/wire'
import { useQuery } from '@tanstack/react-query'
import { ChevronLeft, Ellipsis, History as HistoryIcon, LogIn } from 'lucide-react'
import { useState } from 'react'
import { Link, useLocation, useParams, useSearchParams } from 'wouter'
import { api } from '../../api/api.ts'
import { describeError } from '../../api/describe-error.ts'
import { following } from '../../api/live.ts'
import { queryClient } from '../../api/query-client.ts'
import { schemasQuery } from '../../api/schemas.ts'
import { nameOf, type User as UserData, userQuery } from '../../api/users.ts'
import { titleOf } from '../../metadata/who.ts'
import { Button } from '../../parts/button.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Menu } from '../../parts/menu.tsx'
import { Notice } from '../../parts/notice.tsx'
import { PageHeader } from '../../parts/page-header.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { ErrorState } from '../../parts/states.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { Tag } from '../../parts/tag.tsx'
import { Time } from '../../parts/time.tsx'
import { toast, toastError } from '../../parts/toasts.tsx'
import { useKeys } from '../../shell/keys.ts'
import { Account } from './account.tsx'
import { useEditing } from './editing.ts'
import { KindPane } from './kind-pane.tsx'
import { MergeDialog } from './merge-dialog.tsx'
import { deleteUserSoon } from './pending-deletions.ts'
import { makeTicket, TicketBanner } from './sign-in-as.tsx'

const back = (
  <Link href="/users" className="back">
    <ChevronLeft size={14} aria-hidden />
    Users
  </Link>
)

/** One user: the three kinds of metadata beside each other, and the account. */
export function User() {
  const { id = '' } = useParams()
  const { data: user, error, refetch } = useQuery({ ...userQuery(id), refetchInterval: following() })
  if (!user && error) {
    return (
      <>
        <PageHeader title="User" back={back} />
        <ErrorState error={error} retry={() => void refetch()} />
      </>
    )
  }
  if (!user) return <Loading />
  return (
    <div className="user-room">
      <Open key={user.id} user={user} isGone={isGone(error)} />
    </div>
  )
}

function isGone(error: unknown): boolean {
  return error instanceof Error && (error as { code?: string }).code === 'resource_not_found'
}

function Loading() {
  return (
    <>
      <PageHeader title=" " tab="User" back={back} note={<Skeleton width={180} height={20} />} />
      <div className="user-room">
        <div className="kinds">
          {kinds.map((kind) => (
            <div key={kind} className="kind">
              <div className="kind-head">
                <Skeleton width={90} />
              </div>
              <div className="kind-skeleton">
                <Skeleton width="60%" height={12} />
                <Skeleton width="45%" height={12} />
                <Skeleton width="70%" height={12} />
              </div>
            </div>
          ))}
        </div>
      </div>
    </>
  )
}

function Open({ user, isGone }: { readonly user: UserData; readonly isGone: boolean }) {
  const schemas = useQuery(schemasQuery).data?.schemas ?? {}
  const editing = useEditing(user, schemas)
  const [params, setParams] = useSearchParams()
  const [ticket, setTicket] = useState<SignInTokenJson>()
  useKeys({ 'mod+s': () => void editing.save() })

  return (
    <div className="user">
      <PageHeader
        title={nameOf(user)}
        back={back}
        note={
          <span className="user-note">
            {user.banned && <Tag tone="bad">Banned</Tag>}
            {user.locked && <Tag tone="warn">Locked</Tag>}
            <Copy text={user.id} what="id" />
            <span>
              Version {user.version}, changed <Time at={user.updated_at} />
            </span>
          </span>
        }
        actions={<Actions user={user} onTicket={setTicket} />}
      />
      <div className="user-notices">
        {isGone && (
          <Notice tone="bad" title="This user was deleted.">
            What you see is what was there last.
          </Notice>
        )}
        {ticket && <TicketBanner user={user} ticket={ticket} onOver={() => setTicket(undefined)} />}
        <SaveNotices editing={editing} />
      </div>
      <Tabs
        label="Parts of the user"
        value={params.get('tab') ?? 'metadata'}
        onChange={(tab) => setParams(tab === 'metadata' ? {} : { tab }, { replace: true })}
        tabs={[
          {
            value: 'metadata',
            title: 'Metadata',
            panel: (
              <div className="kinds">
                {editing.edited.map((one) => (
                  <KindPane key={one.kind} edited={one} schema={schemas[one.kind]} onWrite={editing.write} />
                ))}
              </div>
            ),
          },
          { value: 'account', title: 'Account', panel: <Account user={user} /> },
        ]}
      />
      <SaveBar editing={editing} />
      {editing.isMerging && editing.behind.length > 0 && (
        <MergeDialog
          behind={editing.behind}
          busy={editing.state === 'saving'}
          onSave={(values) => void editing.saveMerged(values)}
          onClose={() => editing.setMerging(false)}
        />
      )}
    </div>
  )
}

type Editing = ReturnType<typeof useEditing>

function SaveNotices({ editing }: { readonly editing: Editing }) {
  const { error, state, behind } = editing
  const words = error === undefined ? undefined : describeError(error)
  return (
    <>
      {state === 'lost' && (
        <Notice tone="bad" title="Not saved yet: the server does not answer.">
          What you wrote is kept, and is saved as soon as the server is back.
        </Notice>
      )}
      {words && (
        <Notice tone="bad" title="Not saved.">
          {words.detail}
        </Notice>
      )}
      {behind.length > 0 && (
        <Notice
          tone="warn"
          title={`Somebody else has changed the ${behind.map(({ kind }) => kind).join(' and ')} metadata meanwhile.`}
          actions={
            <Button size="small" onClick={() => editing.setMerging(true)}>
              Look at both changes
            </Button>
          }
        >
          What you write is kept. When you save, you see both.
        </Notice>
      )}
    </>
  )
}

function SaveBar({ editing }: { readonly editing: Editing }) {
  const { changed, isWhole, state, save, discard } = editing
  if (changed.length === 0 && state !== 'saving') return null
  return (
    <div className="save-bar" role="status">
      <span className="save-bar-words">
        {isWhole ? 'Unsaved' : 'Not JSON yet'}: {changed.map(({ kind }) => titleOf(kind)).join(', ')}
      </span>
      <Button size="small" look="quiet" onClick={discard}>
        Discard changes
      </Button>
      <Button size="small" look="main" busy={state === 'saving'} disabled={!isWhole} onClick={() => void save()}>
        Save metadata
      </Button>
    </div>
  )
}

interface ActionsProps {
  readonly user: UserData
  onTicket(ticket: SignInTokenJson): void
}

function Actions({ user, onTicket }: ActionsProps) {
  const [, navigate] = useLocation()
  const [busy, setBusy] = useState(false)

  const change = (verb: string) => api.post(`users/${user.id}/${verb}`, backendUserJson, { body: {} })
  const show = (next: UserData) => queryClient.setQueryData(userQuery(user.id).queryKey, next)
  const admit = async (verb: string, undo: string, title: string) => {
    try {
      show(await change(verb))
      const run = () => void change(undo).then(show, toastError)
      toast({ title, action: { label: 'Undo', run }, timeout: 8_000 })
    } catch (error) {
      toastError(error)
    }
  }
  const signInAs = async () => {
    setBusy(true)
    try {
      onTicket(await makeTicket(user))
    } catch (error) {
      toastError(error)
    } finally {
      setBusy(false)
    }
  }

  const name = nameOf(user)
  return (
    <>
      <Link href={`/users/${user.id}/history`} className="button plain usual">
        <HistoryIcon size={15} aria-hidden />
        History
      </Link>
      <Button busy={busy} onClick={() => void signInAs()}>
        <LogIn size={15} aria-hidden />
        Sign in as
      </Button>
      <Menu
        trigger={
          <Button aria-label="More actions">
            <Ellipsis size={16} aria-hidden />
          </Button>
        }
        items={[
          user.banned
            ? { label: 'Lift the ban', run: () => void admit('unban', 'ban', `Lifted the ban of ${name}`) }
            : {
                label: 'Ban',
                hint: 'signs out everywhere',
                run: () => void admit('ban', 'unban', `Banned ${name}`),
              },
          user.locked
            ? { label: 'Unlock', run: () => void admit('unlock', 'lock', `Unlocked ${name}`) }
            : { label: 'Lock', hint: 'for an hour', run: () => void admit('lock', 'unlock', `Locked ${name}`) },
          {
            label: 'Delete user',
            danger: true,
            line: true,
            run: () => {
              deleteUserSoon(user)
              navigate('/users')
            },
          },
        ]}
      />
    </>
  )
}
