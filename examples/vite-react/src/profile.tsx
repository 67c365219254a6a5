import { metadataBytes, metadataLimit } from '@acme/schema'
import { useState } from 'react'
import { acme, apiUrl } from './acme.ts'
import { useAction } from './use-action.ts'

type SignedInUser = NonNullable<typeof acme.user>

/** The profile: public metadata to read, unsafe metadata to edit. */
export function Profile({ user }: { readonly user: SignedInUser }) {
  const { isBusy, message, run } = useAction()
  const [draft, setDraft] = useState(user.unsafeMetadata)
  const bytes = metadataBytes({ ...draft })

  const save = () =>
    run(async () => {
      await user.update({ unsafeMetadata: draft })
      return 'Saved.'
    })

  const upgrade = () =>
    run(async () => {
      const token = await acme.session?.getToken()
      const response = await fetch(`${apiUrl}/upgrade`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      })
      if (!response.ok) throw new Error(`The upgrade failed: ${(await response.json()).error}`)
      await user.reload()
      return undefined
    })

  return (
    <>
      <section>
        <h2>{user.primaryEmailAddressId ? user.emailAddresses[0]?.emailAddress : user.username}</h2>
        <dl>
          <dt>Plan</dt>
          <dd data-testid="plan">{user.publicMetadata.plan ?? 'free'}</dd>
          <dt>Public metadata, read-only here</dt>
          <dd>
            <code data-testid="public">{JSON.stringify(user.publicMetadata)}</code>
          </dd>
        </dl>
        <button type="button" onClick={upgrade} disabled={isBusy || user.publicMetadata.plan === 'pro'}>
          Upgrade to pro
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => run(async () => void (await user.reload()))}
          disabled={isBusy}
        >
          Reload
        </button>
        <button
          type="button"
          className="quiet"
          onClick={() => run(async () => void (await acme.signOut()))}
          disabled={isBusy}
        >
          Sign out
        </button>
      </section>
      <section>
        <h2>Unsafe metadata, yours to edit</h2>
        <label>
          Theme
          <select
            value={draft.theme ?? 'light'}
            onChange={(event) => setDraft({ ...draft, theme: event.target.value === 'dark' ? 'dark' : 'light' })}
          >
            <option value="light">light</option>
            <option value="dark">dark</option>
          </select>
        </label>
        <label>
          Referrer
          <input
            value={draft.referrer ?? ''}
            onChange={(event) => setDraft({ ...draft, referrer: event.target.value })}
          />
        </label>
        <label>
          About you
          <textarea
            rows={4}
            value={draft.bio ?? ''}
            onChange={(event) => setDraft({ ...draft, bio: event.target.value })}
          />
        </label>
        <meter
          aria-label="Bytes used"
          min={0}
          low={metadataLimit * 0.8}
          high={metadataLimit * 0.95}
          optimum={0}
          max={metadataLimit}
          value={Math.min(bytes, metadataLimit)}
        />
        <p className="hint" data-testid="bytes">
          {bytes} of {metadataLimit} bytes used
        </p>
        <button type="button" onClick={save} disabled={isBusy}>
          Save
        </button>
        {message && (
          <p role={message === 'Saved.' ? 'status' : 'alert'} data-testid="message">
            {message}
          </p>
        )}
      </section>
    </>
  )
}
