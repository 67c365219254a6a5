import { createFrontend } from '@acme/frontend'
import { liveUpdates } from '@acme/frontend/live'
import { AcmeProvider, useUnsafeMetadata, useUser } from '@acme/frontend/react'
import { StrictMode } from 'react'
import { createRoot, type Root } from 'react-dom/client'

interface Metadata {
  public: { plan?: string }
  unsafe: { theme?: string }
}

// A page that is kept current; its address names the instance.
const publishableKey = location.hash.slice(1)
const acme = createFrontend<Metadata>({ publishableKey, live: liveUpdates })

function Who() {
  const { isLoaded, user } = useUser<Metadata>()
  const { value, set } = useUnsafeMetadata<string, Metadata>(({ theme }) => theme ?? 'none')
  return (
    <button type="button" onClick={() => set({ theme: 'dark' })}>
      {!isLoaded ? 'loading' : user ? `${user.username} on ${user.publicMetadata.plan}, ${value}` : 'nobody'}
    </button>
  )
}

let root: Root
const element = document.body.appendChild(document.createElement('main'))
const page = {
  acme,
  mount() {
    root = createRoot(element)
    root.render(
      <StrictMode>
        <AcmeProvider frontend={acme}>
          <Who />
        </AcmeProvider>
      </StrictMode>,
    )
  },
  unmount: () => root.unmount(),
  /** Has the page be hidden, or shown again, which a browser without a window does not do. */
  show(state: 'visible' | 'hidden') {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  },
}

/** What the page can be asked to do. */
export type LivePage = typeof page

Object.assign(globalThis, { livePage: page })
page.mount()
