import type { User } from '@acme/frontend'
import { useAcme, useSession } from '@acme/frontend/react'
import { metadataBytes, metadataLimit } from '@acme/schema'
import { useState } from 'react'
import { apiUrl } from './acme.ts'
import { QuickTheme } from './quick-theme.tsx'
import { Theme } from './theme.tsx'
import { useAction } from './use-action.ts'

/** The profile: public metadata to read, unsafe metadata to edit. */
export function Profile({ user }: { readonly user: User }) {
  const { isBusy, message, run } = useAction()
  const acme = useAcme()
  const session = useSession()
  const [edits, setEdits] = useState({ referrer: user.unsafeMetadata.referrer, bio: user.unsafeMetadata.bio })
  const bytes = metadataBytes({ ...user.unsafeMetadata, ...edits })

  const save = () =>
    run(async () => {
      await user.updateMetadata({ unsafeMetadata: edits })
      return 'Saved.'
    })

  const upgrade = () =>
    run(async () => {
      const token = await session?.getToken()
      const response = await fetch(`${apiUrl}/upgrade`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      })
      if (!response.ok) throw new Error(`The upgrade failed: ${(await response.json()).error}`)
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
          onClick={() => run(async () => void (await acme.signOut()))}
          disabled={isBusy}
        >
          Sign out
        </button>
      </section>
      <section>
        <h2>Unsafe metadata, yours to edit</h2>
        <Theme />
        <QuickTheme />
        <label>
          Referrer
          <input
            value={edits.referrer ?? ''}
            onChange={(event) => setEdits({ ...edits, referrer: event.target.value })}
          />
        </label>
        <label>
          About you
          <textarea
            rows={4}
            value={edits.bio ?? ''}
            onChange={(event) => setEdits({ ...edits, bio: event.target.value })}
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
