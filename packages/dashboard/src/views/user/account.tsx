import { backendSessionJson, backendUserJson, deletedJson, emailAddressJson, sessionPageJson } from '@acme/schema/wire'
import { useQuery } from '@tanstack/react-query'
import { Ellipsis, Laptop, Plus } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../api/api.ts'
import { following } from '../../api/live.ts'
import { queryClient } from '../../api/query-client.ts'
import { type User, userQuery } from '../../api/users.ts'
import { Button } from '../../parts/button.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Menu } from '../../parts/menu.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { EmptyState, ErrorState } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Tag } from '../../parts/tag.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { Time } from '../../parts/time.tsx'
import { toast, toastError } from '../../parts/toasts.tsx'
import { reread } from './editing.ts'

/** Who a user is, and where they are signed in. */
export function Account({ user }: { readonly user: User }) {
  return (
    <div className="account">
      <Profile key={user.id} user={user} />
      <Emails user={user} />
      <Sessions user={user} />
    </div>
  )
}

const fields = [
  ['first_name', 'First name'],
  ['last_name', 'Last name'],
  ['username', 'Username'],
  ['external_id', 'External id'],
] as const

function Profile({ user }: { readonly user: User }) {
  const [written, setWritten] = useState<{ readonly [name: string]: string }>({})
  const [busy, setBusy] = useState(false)
  const changes = fields.flatMap(([name]) => {
    const value = written[name]?.trim()
    return value === undefined || value === (user[name] ?? '') ? [] : [[name, value || null] as const]
  })
  const save = async () => {
    setBusy(true)
    try {
      const saved = await api.patch(`users/${user.id}`, backendUserJson, { body: Object.fromEntries(changes) })
      queryClient.setQueryData(userQuery(user.id).queryKey, saved)
      setWritten({})
      toast({ title: 'Saved the profile', timeout: 3_000 })
    } catch (error) {
      toastError(error, 'The profile was not saved')
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className="account-part" aria-labelledby="profile">
      <h2 id="profile">Profile</h2>
      <form
        className="account-form"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        {fields.map(([name, label]) => (
          <TextField
            key={name}
            label={label}
            autoComplete="off"
            value={written[name] ?? user[name] ?? ''}
            onChange={(event) => setWritten({ ...written, [name]: event.target.value })}
          />
        ))}
        <Button type="submit" busy={busy} disabled={changes.length === 0}>
          Save profile
        </Button>
      </form>
      <dl className="account-facts">
        <dt>Id</dt>
        <dd>
          <Copy text={user.id} what="id" whole />
        </dd>
        <dt>Created</dt>
        <dd>
          <Time at={user.created_at} />
        </dd>
        <dt>Last sign-in</dt>
        <dd>
          <Time at={user.last_sign_in_at} />
        </dd>
        <dt>Password</dt>
        <dd>{user.password_enabled ? 'Set' : 'None; they sign in by a code'}</dd>
      </dl>
    </section>
  )
}

type Email = User['email_addresses'][number]

function Emails({ user }: { readonly user: User }) {
  const [address, setAddress] = useState('')
  const [busy, setBusy] = useState(false)

  const run = async (what: string, act: () => Promise<unknown>, undo?: () => Promise<unknown>) => {
    try {
      await act()
      reread(user.id)
      toast({
        title: what,
        ...(undo && { action: { label: 'Undo', run: () => void undo().then(() => reread(user.id), toastError) } }),
      })
      return true
    } catch (error) {
      toastError(error)
      return false
    }
  }
  const add = async () => {
    if (!address.trim()) return
    setBusy(true)
    const body = { user_id: user.id, email_address: address.trim(), verified: true }
    if (await run('Added the e-mail address', () => api.post('email_addresses', emailAddressJson, { body })))
      setAddress('')
    setBusy(false)
  }
  const update = (email: Email, body: object) => api.patch(`email_addresses/${email.id}`, emailAddressJson, { body })
  const isVerified = (email: Email) => email.verification?.status === 'verified'
  const isPrimary = (email: Email) => email.id === user.primary_email_address_id

  return (
    <section className="account-part" aria-labelledby="emails">
      <h2 id="emails">E-mail addresses</h2>
      <ul className="emails">
        {user.email_addresses.map((email) => (
          <li key={email.id}>
            <span className="email-address">{email.email_address}</span>
            {isPrimary(email) && <Tag tone="accent">Primary</Tag>}
            <Tag tone={isVerified(email) ? 'good' : 'plain'}>{isVerified(email) ? 'Verified' : 'Not verified'}</Tag>
            <Menu
              trigger={
                <Button look="quiet" size="small" aria-label={`More about ${email.email_address}`}>
                  <Ellipsis size={16} aria-hidden />
                </Button>
              }
              items={[
                {
                  label: 'Make it the primary one',
                  disabled: isPrimary(email) || !isVerified(email),
                  run: () =>
                    void run(
                      'Changed the primary e-mail address',
                      () => update(email, { primary: true }),
                      user.primary_email_address_id
                        ? () =>
                            api.patch(`email_addresses/${user.primary_email_address_id}`, emailAddressJson, {
                              body: { primary: true },
                            })
                        : undefined,
                    ),
                },
                {
                  label: isVerified(email) ? 'Take it for not verified' : 'Take it for verified',
                  run: () =>
                    void run(
                      'Changed the e-mail address',
                      () => update(email, { verified: !isVerified(email) }),
                      () => update(email, { verified: isVerified(email) }),
                    ),
                },
                {
                  label: 'Delete',
                  danger: true,
                  line: true,
                  run: () =>
                    void run(
                      'Deleted the e-mail address',
                      () => api.delete(`email_addresses/${email.id}`, deletedJson),
                      () =>
                        api.post('email_addresses', emailAddressJson, {
                          body: {
                            user_id: user.id,
                            email_address: email.email_address,
                            verified: isVerified(email),
                            primary: isPrimary(email),
                          },
                        }),
                    ),
                },
              ]}
            />
          </li>
        ))}
        {user.email_addresses.length === 0 && <li className="faint">None.</li>}
      </ul>
      <form
        className="email-form"
        onSubmit={(event) => {
          event.preventDefault()
          void add()
        }}
      >
        <TextField
          label="Another one"
          type="email"
          autoComplete="off"
          placeholder="ada@example.com"
          value={address}
          onChange={(event) => setAddress(event.target.value)}
        />
        <Button type="submit" busy={busy} disabled={!address.trim()}>
          <Plus size={15} aria-hidden />
          Add address
        </Button>
      </form>
    </section>
  )
}

type Session = (typeof sessionPageJson)['_zod']['output']['data'][number]

/** How many sessions are shown. */
const most = 50

function Sessions({ user }: { readonly user: User }) {
  const query = useQuery({
    queryKey: ['user', user.id, 'sessions'],
    queryFn: ({ signal }) =>
      api.get('sessions', sessionPageJson, {
        query: new URLSearchParams({ user_id: user.id, paginated: 'true', limit: `${most}` }),
        signal,
      }),
    refetchInterval: following(),
  })
  const end = async (session: Session) => {
    try {
      await api.post(`sessions/${session.id}/revoke`, backendSessionJson, { body: {} })
      await query.refetch()
      toast({ title: 'Ended the session', timeout: 3_000 })
    } catch (error) {
      toastError(error)
    }
  }
  return (
    <section className="account-part wide" aria-labelledby="sessions">
      <h2 id="sessions">Sessions {query.data && <span className="faint">{query.data.total_count}</span>}</h2>
      {query.isPending ? (
        <Skeleton height={120} />
      ) : query.error && !query.data ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data?.data.length === 0 ? (
        <EmptyState icon={Laptop} title="Signed in nowhere">
          A session appears here when they sign in.
        </EmptyState>
      ) : (
        <Table
          label="Sessions"
          rows={query.data?.data ?? []}
          rowKey={({ id }) => id}
          columns={[
            { id: 'id', title: 'Id', cell: ({ id }) => <Copy text={id} what="id" /> },
            {
              id: 'status',
              title: 'State',
              cell: ({ status }) => <Tag tone={status === 'active' ? 'good' : 'plain'}>{status}</Tag>,
            },
            { id: 'active', title: 'Last active', cell: (one) => <Time at={one.last_active_at} /> },
            { id: 'created', title: 'Began', cell: (one) => <Time at={one.created_at} />, wideOnly: true },
            { id: 'ends', title: 'Ends', cell: (one) => <Time at={one.expire_at} />, wideOnly: true },
            {
              id: 'end',
              title: <span className="unseen">End</span>,
              numeric: true,
              cell: (one) =>
                one.status === 'active' && (
                  <Button size="small" onClick={() => void end(one)}>
                    End session
                  </Button>
                ),
            },
          ]}
        />
      )}
    </section>
  )
}
