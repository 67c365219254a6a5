import type { User } from '@acme/frontend'
import { useAcme } from '@acme/frontend/react'
import { metadataBytes, metadataLimit } from '@acme/schema'
import { useState } from 'react'
import { askApi } from './ask-api.ts'
import { sides } from './kinds.ts'
import { Theme } from './theme.tsx'
import { useAction } from './use-action.ts'

/** The page as its user sees it: public metadata to read, unsafe metadata to edit. */
export function PageSide({ user }: { readonly user: User }) {
  const { isBusy, message, run } = useAction()
  const acme = useAcme()
  const [edited, setEdited] = useState<string>()
  const bio = edited ?? user.unsafeMetadata.bio
  const bytes = metadataBytes({ ...user.unsafeMetadata, bio })

  const save = () =>
    run(async () => {
      await user.updateMetadata({ unsafeMetadata: { bio } })
      setEdited(undefined)
      return 'Saved.'
    })

  return (
    <section className="side" aria-labelledby="page-side">
      <h2 id="page-side">
        {sides.frontend.name} <code>{sides.frontend.api}</code>
      </h2>
      <p className="hint">Seen by {user.emailAddresses[0]?.emailAddress ?? user.username}</p>
      <div className="value" data-kind="private">
        <h3>Private metadata</h3>
        <p className="hint">Nothing of it comes here.</p>
      </div>
      <div className="value" data-kind="public">
        <h3>Public metadata, read‑only here</h3>
        <p className="plan">
          Plan <strong data-testid="plan">{user.publicMetadata.plan ?? 'free'}</strong>
        </p>
        <button
          type="button"
          onClick={() => run(async () => void (await askApi('POST', '/upgrade')))}
          disabled={isBusy || user.publicMetadata.plan === 'pro'}
        >
          Upgrade to pro
        </button>
        <p className="hint">Asks your server, which writes it.</p>
      </div>
      <div className="value" data-kind="unsafe">
        <h3>Unsafe metadata, yours to edit</h3>
        <Theme />
        <label>
          About you
          <textarea rows={2} value={bio ?? ''} onChange={(event) => setEdited(event.target.value)} />
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
      </div>
      <button
        type="button"
        className="quiet"
        onClick={() => run(() => acme.signOut().then(() => undefined))}
        disabled={isBusy}
      >
        Sign out
      </button>
    </section>
  )
}
